"""Count provisional deadlines again once the holidays of the year are known (ADR 0005)."""

from django.db import transaction
from django.db.models import QuerySet

from huying.kernel.deadline import Term, counted
from huying.org.policies import system_actor
from huying.org.queries import work_calendar
from huying.workorders.models import Assignment, Clock, WorkOrder
from huying.workorders.operations.act import Step, record
from huying.workorders.operations.clocks import DUE_OF_TASK, LIVE, move_clock
from huying.workorders.workflow import ACTIONS, UNFINISHED


def recount_provisional() -> tuple[int, int]:
    """Every live clock that was counted by the plain week, running or paused: (looked at, moved)."""
    waiting = Clock.objects.filter(provisional=True, state__in=LIVE).order_by("pk")
    moved = [recount_one(pk, order) for pk, order in waiting.values_list("pk", "order_id")]
    return len(moved), sum(moved)


@transaction.atomic
def recount_one(clock_id: int, order_id: int) -> bool:
    """True when the due time moved: to where it would be, had the calendar been known from the beginning."""
    order = WorkOrder.objects.select_for_update(of=("self",)).select_related("centre", "pack").get(pk=order_id)
    found = live(order).filter(pk=clock_id).first()
    return found is not None and count_anew(order, found)


def count_anew(order: WorkOrder, clock: Clock) -> bool:
    """Term, pauses and extensions on the calendar as it is now, and no later than the unit above; then those below."""
    clock.order, before = order, clock.due_at
    after = counted(clock.started_at, Term(**clock.term), clock.moves, work_calendar(clock.calendar))
    task, due_at = clock.assignment, after.at
    above = task.parent if task else None
    if above and clock.kind == Clock.Kind.HANDLE and above.state in UNFINISHED and above.due_at:
        due_at = min(due_at, above.due_at)
    move_clock(clock, due_at, provisional=after.provisional)
    if due_at == before:
        return False
    if task and clock.kind in DUE_OF_TASK:
        Assignment.objects.filter(pk=task.pk).update(**{DUE_OF_TASK[clock.kind]: due_at})
    step = Step(system_actor(), ACTIONS["recount"], order, before=order.state)
    step.note("节假日安排已公布，重新计算时限", clock=clock.kind, was=before.isoformat(), due=due_at.isoformat())
    record(step)
    if task and clock.kind == Clock.Kind.HANDLE:
        for below in live(order).filter(kind=Clock.Kind.HANDLE, assignment__parent=task):
            count_anew(order, below)
    return True


def live(order: WorkOrder) -> QuerySet[Clock]:
    rows = Clock.objects.filter(order=order, state__in=LIVE)
    return rows.select_related("calendar", "assignment__unit", "assignment__parent").order_by("pk")
