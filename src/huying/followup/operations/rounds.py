"""One round of following up: opened when the reply is accepted, held by one caller at a time, ended once."""

from datetime import timedelta

from huying.followup.models import FollowUp
from huying.followup.models.follow_up import OPEN
from huying.kernel import clock as time
from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.workorders.models import Clock, WorkOrder
from huying.workorders.operations import Step
from huying.workorders.queries import NoSuchOrder

HOLD = timedelta(minutes=30)
"""How long a caller has an order to himself; then a colleague may take it over."""


class HeldByOther(Refusal):
    code = "held_by_other"


def open_round(order: WorkOrder) -> FollowUp:
    """A new round with the due time of the order's own clock."""
    cancel_round(order.pk)
    clock = Clock.objects.filter(order=order, kind=Clock.Kind.FOLLOW_UP).latest("id")
    last = FollowUp.objects.filter(order=order).order_by("-round").values_list("round", flat=True).first()
    return FollowUp.objects.create(
        order=order, centre_id=order.centre_id, round=(last or 0) + 1, opened_at=clock.started_at, due_at=clock.due_at,
        call_by=clock.due_at, person=person_of(order),
    )


def person_of(order: WorkOrder) -> bytes:
    """Whom to call, comparable and unreadable; an order without a phone stands alone."""
    phone = bytes(order.contact.phone_hash) if order.contact else b""
    return phone or order.pk.to_bytes(8, "big")


def cancel_round(order_id: int) -> None:
    """The order left follow-up by another way: withdrawn, merged."""
    FollowUp.objects.filter(order_id=order_id, state__in=OPEN).update(
        state=FollowUp.State.CANCELLED, finished_at=time.now(), claimed_by=None, claimed_until=None
    )


def this_round(step: Step) -> FollowUp:
    """The open round of the step's order, locked (the order's lock is held). Raises NoSuchOrder, HeldByOther."""
    row = FollowUp.objects.select_for_update(of=("self",)).select_related("claimed_by").filter(
        order=step.order, state__in=OPEN
    ).first()
    if row is None:
        raise NoSuchOrder
    holder, now = row.claimed_by, time.now()
    if holder and holder.pk != step.actor.staff_id and row.claimed_until and row.claimed_until > now:
        until = row.claimed_until.astimezone(SHANGHAI)
        raise HeldByOther(f"{holder.name} 正在回访这张工单，{until:%H:%M} 之后可以接手")
    return row


def claim(step: Step, row: FollowUp) -> None:
    row.state, row.claimed_by, row.claimed_until = FollowUp.State.CALLING, step.actor.staff, time.now() + HOLD
    row.save(update_fields=["state", "claimed_by", "claimed_until"])
    step.order.holder, step.order.held_until = step.actor.staff, row.claimed_until


def release(step: Step, row: FollowUp) -> None:
    """Back into the pool: whoever is free calls next time."""
    row.claimed_by = row.claimed_until = None
    step.order.holder = step.order.held_until = None


def end_round(step: Step, row: FollowUp, result: str, *, exempt: str = "") -> None:
    release(step, row)
    row.state, row.result, row.exempt = FollowUp.State.DONE, result, exempt
    row.finished_at, row.finished_by = time.now(), step.actor.staff
    row.save()
    step.note(ended=result, round=row.round)
