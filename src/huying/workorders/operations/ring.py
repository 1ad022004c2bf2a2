"""What happens when a clock strikes: reminder, auto-signing, overdue, escalation, end of a suspension (R106, R286).

One indexed scan over `wake_at` that any number of workers share: each takes an order nobody else holds, looks again
under its lock, and does one thing in one transaction.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction

from huying.kernel import clock as time
from huying.kernel.calendar import NaturalCalendar, WorkCalendar
from huying.org.policies import system_actor
from huying.org.queries import work_calendar
from huying.workorders.models import Clock, WorkOrder
from huying.workorders.operations.act import Step, act, finish, record
from huying.workorders.operations.clocks import next_wake
from huying.workorders.operations.tell import tell_unit
from huying.workorders.queries.packs import pack_of
from huying.workorders.workflow import ACTIONS, UNFINISHED

log = logging.getLogger(__name__)
ESCALATE_AFTER = timedelta(hours=8)  # working hours past due, one working day
AGAIN_AFTER = timedelta(minutes=10)  # when a clock could not strike


def ring(limit: int = 200) -> int:
    """Deal with up to `limit` clocks that are due to be looked at; returns how many it dealt with itself.

    One that fails is put off and does not keep the others waiting.
    """
    waiting = Clock.objects.filter(wake_at__lte=time.now()).order_by("wake_at")
    return sum(try_strike(pk, order) for pk, order in waiting.values_list("pk", "order_id")[:limit])


def try_strike(clock_id: int, order_id: int) -> bool:
    """`strike`, or note what went wrong and look again later. Raises only when the database itself fails."""
    try:
        return strike(clock_id, order_id)
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        log.exception("a clock could not strike", extra={"clock": clock_id, "order": order_id})
        Clock.objects.filter(pk=clock_id, wake_at__isnull=False).update(wake_at=time.now() + AGAIN_AFTER)
        return False


@transaction.atomic
def strike(clock_id: int, order_id: int) -> bool:
    """Let one clock strike. False when another worker has the order, or has already done it."""
    held = WorkOrder.objects.select_for_update(of=("self",), skip_locked=True)
    order = held.select_related("centre", "pack", "template").filter(pk=order_id).first()
    if order is None:
        return False
    clock = Clock.objects.select_related("assignment__unit", "calendar").filter(
        pk=clock_id, wake_at__lte=time.now()
    ).first()
    if clock is None:
        return False
    clock.order = order
    deed = deed_of(clock)
    deed(order, clock)
    return True


def deed_of(clock: Clock) -> Callable[[WorkOrder, Clock], None]:
    now = time.now()
    if clock.state == Clock.State.PAUSED:
        return end_suspension
    if clock.state != Clock.State.RUNNING:
        return forget
    if now < clock.due_at:
        return remind
    if clock.kind == Clock.Kind.SIGN:
        return auto_sign
    return escalate if clock.overdue_noted else overdue


def by_itself(order: WorkOrder, code: str) -> Step:
    """A step the system takes, on an order already locked."""
    return Step(system_actor(), ACTIONS[code], order, before=order.state)


def forget(order: WorkOrder, clock: Clock) -> None:
    Clock.objects.filter(pk=clock.pk).update(wake_at=None)


def end_suspension(order: WorkOrder, clock: Clock) -> None:
    """The suspension has run its time: the task goes on (rules.md 3.3: 到期自动恢复)."""
    Clock.objects.filter(pk=clock.pk).update(wake_at=None)
    act(actor=system_actor(), number=order.number, code="resume", target=clock.assignment_id,
        data={"reason": "挂起期限届满，自动恢复"})


def remind(order: WorkOrder, clock: Clock) -> None:
    """24 h and 2 h before (R106)."""
    clock.wake_at = next_wake(clock.due_at, pack_of(order.pack).reminders, time.now())
    clock.save(update_fields=["wake_at"])
    step = by_itself(order, "remind")
    step.note(clock=clock.kind, due=clock.due_at.isoformat(), unit=clock.assignment.unit.name if clock.assignment else "")
    if clock.assignment:
        clock.assignment.order = order
        tell_unit(clock.assignment, "sign_reminder" if clock.kind == Clock.Kind.SIGN else "due_reminder")
    record(step)


def auto_sign(order: WorkOrder, clock: Clock) -> None:
    """Not signed in time: taken as signed, and counted as late; the handle clock has run since dispatch (R286)."""
    task = clock.assignment
    assert task is not None
    task.order = order
    step = by_itself(order, "sign")
    step.assignment = task
    step.note("超过签收期限，视同签收")
    finish(step, {"automatic": True})
    tell_unit(task, "auto_signed")


def overdue(order: WorkOrder, clock: Clock) -> None:
    calendar = NaturalCalendar() if clock.term.get("natural") else work_calendar(clock.calendar)
    clock.overdue_noted, clock.wake_at = True, later(calendar, clock.due_at)
    clock.save(update_fields=["overdue_noted", "wake_at"])
    step = by_itself(order, "overdue")
    step.note(clock=clock.kind, due=clock.due_at.isoformat(), unit=clock.assignment.unit.name if clock.assignment else "")
    if clock.assignment:
        clock.assignment.order = order
        tell_unit(clock.assignment, "overdue")
    record(step)


def later(calendar: WorkCalendar | NaturalCalendar, due_at: datetime) -> datetime:
    return calendar.add_working(due_at, ESCALATE_AFTER)


def escalate(order: WorkOrder, clock: Clock) -> None:
    """Still overdue a working day later: onto the supervisors' desk, and the unit's superior is told."""
    Clock.objects.filter(pk=clock.pk).update(wake_at=None)
    step = by_itself(order, "escalate")
    step.note(clock=clock.kind, due=clock.due_at.isoformat())
    if clock.kind in {Clock.Kind.HANDLE, Clock.Kind.ANSWER}:
        order.supervised = True
    for task in order.assignments.filter(state__in=UNFINISHED).select_related("unit__parent", "order"):
        tell_unit(task, "escalated")
    record(step)
