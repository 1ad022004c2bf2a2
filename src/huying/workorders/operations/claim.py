"""Take an order in hand so that no colleague does the same work; it frees itself after five minutes (R247)."""

from datetime import timedelta

from django.db import transaction

from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.org.policies import Actor
from huying.workorders.models import WorkOrder
from huying.workorders.operations.act import lock
from huying.workorders.queries.refusals import already_done
from huying.workorders.workflow import State

HELD_FOR = timedelta(minutes=5)


class HeldByOther(Refusal):
    code = "held_by_other"
    message = "这张工单正由他人处理"


@transaction.atomic
def claim(*, actor: Actor, number: str) -> WorkOrder:
    """Hold the order for five minutes, or five more. Raises NoSuchOrder, AlreadyDone (closed), HeldByOther.

    A claim is a courtesy, not a lock: what may be done is decided by state and version alone. A browser that dies
    stops renewing it, and it is over.
    """
    order = lock(actor, number)
    if not order.is_open:
        raise already_done(order)
    if other := holder_of(order, actor):
        raise HeldByOther(other)
    order.holder, order.held_until = actor.staff, clock.now() + HELD_FOR
    order.save(update_fields=["holder", "held_until"])
    return order


@transaction.atomic
def release(*, actor: Actor, number: str) -> WorkOrder:
    """Give up one's own claim; anybody else's stays. Raises NoSuchOrder."""
    order = lock(actor, number)
    if order.holder_id == actor.staff_id and order.held_until is not None:
        order.holder = order.held_until = None
        order.save(update_fields=["holder", "held_until"])
    return order


def holder_of(order: WorkOrder, actor: Actor) -> str:
    """Who else has it in hand right now, in words; empty when nobody does. A draft belongs to whoever writes it."""
    if order.holder is None or order.holder_id == actor.staff_id:
        return ""
    if order.held_until is None:
        return f"这张草稿由 {order.holder.name} 填写" if order.state == State.DRAFT else ""
    if order.held_until <= clock.now():
        return ""
    return f"{order.holder.name} 正在处理，{order.held_until.astimezone(SHANGHAI):%H:%M} 前有效"
