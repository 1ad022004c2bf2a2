"""Count provisional deadlines again once the holidays of the year are known (ADR 0005)."""

from django.db import transaction

from huying.kernel.deadline import Term, due
from huying.org.policies import system_actor
from huying.org.queries import work_calendar
from huying.workorders.models import Assignment, Clock, WorkOrder
from huying.workorders.operations.act import Step, record
from huying.workorders.operations.clocks import move_clock
from huying.workorders.workflow import ACTIONS, UNFINISHED


def recount_provisional() -> tuple[int, int]:
    """Every running clock that was counted by the plain week: (looked at, moved). Paused ones follow when resumed."""
    waiting = Clock.objects.filter(provisional=True, state=Clock.State.RUNNING).order_by("pk")
    moved = [recount_one(pk, order) for pk, order in waiting.values_list("pk", "order_id")]
    return len(moved), sum(moved)


@transaction.atomic
def recount_one(clock_id: int, order_id: int) -> bool:
    """True when the due time moved. An extended clock keeps its extension: it is counted on from its own term only."""
    order = WorkOrder.objects.select_for_update(of=("self",)).select_related("centre", "pack").get(pk=order_id)
    clock = Clock.objects.select_related("calendar", "assignment__unit", "assignment__parent").filter(
        pk=clock_id, state=Clock.State.RUNNING
    ).first()
    if clock is None:
        return False
    calendar = work_calendar(clock.calendar)
    until = due(clock.started_at, Term(**clock.term), calendar)
    due_at, provisional = until.at, until.provisional
    if clock.assignment and clock.assignment.extended_days and clock.kind == Clock.Kind.HANDLE:
        longer = calendar.explain_workdays(due_at, clock.assignment.extended_days)
        due_at, provisional = longer.at, provisional or longer.provisional
    before = clock.due_at
    above = clock.assignment.parent if clock.assignment else None
    if above and clock.kind == Clock.Kind.HANDLE and above.state in UNFINISHED and above.due_at:
        due_at = min(due_at, above.due_at)
    clock.order = order
    move_clock(clock, due_at, provisional=provisional)
    if due_at == before:
        return False
    if clock.assignment and clock.kind == Clock.Kind.HANDLE:
        Assignment.objects.filter(pk=clock.assignment.pk).update(due_at=due_at)
    step = Step(system_actor(), ACTIONS["recount"], order, before=order.state)
    step.note("节假日安排已公布，重新计算时限", clock=clock.kind, was=before.isoformat(), due=due_at.isoformat())
    record(step)
    return True
