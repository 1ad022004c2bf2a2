"""Hand a leaver's open work to somebody else (R164)."""

from django.db import transaction

from huying.org.models import Staff
from huying.org.operations import Duty
from huying.org.policies import Actor
from huying.workorders.models import Draft, WorkOrder
from huying.workorders.operations.act import Step, record
from huying.workorders.workflow import ACTIONS, FINAL


def duties_of(staff: Staff) -> list[Duty]:
    """Orders in this person's hands and forms half filled in, the oldest first."""
    held = WorkOrder.objects.filter(holder=staff).exclude(state__in=FINAL).order_by("created_at")
    orders = [Duty(order.number, f"/orders/{order.number}/", f"{order.state_label} {order.title}") for order in held]
    drafts = Draft.objects.filter(staff=staff).order_by("updated_at")
    return orders + [Duty("未提交的受理草稿", "", str(draft.data.get("title", ""))) for draft in drafts]


@transaction.atomic
def hand_over(staff: Staff, to: Staff, actor: Actor) -> int:
    """Move everything to `to`, each order with an event; returns how many things."""
    held = WorkOrder.objects.select_for_update().filter(holder=staff).exclude(state__in=FINAL).order_by("pk")
    count = 0
    for order in held:
        step = Step(actor, ACTIONS["hand_over"], order, before=order.state)
        order.holder, order.held_until = to, None
        step.note("离岗交接", was=staff.username, now=to.username)
        record(step)
        count += 1
    return count + Draft.objects.filter(staff=staff).update(staff=to)
