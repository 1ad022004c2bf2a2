"""How long an order's clocks run, and what happens to running ones when the order becomes something else."""

from huying.kernel.deadline import Term, counted
from huying.org.queries import work_calendar
from huying.workorders.models import Assignment, Clock, WorkOrder
from huying.workorders.operations.clocks import DUE_OF_TASK, LIVE, move_clock, refresh_due, term_data
from huying.workorders.queries.packs import pack_of, template_of

Terms = dict[str, Term]


def terms_of(order: WorkOrder) -> Terms:
    """By kind of clock, the terms of the order's pack and template as the order is now."""
    pack = pack_of(order.pack)
    handle = template_of(order.template).handle or pack.handle(order.kind, order.urgency, order.caller_kind)
    return {
        Clock.Kind.SIGN: pack.sign[order.urgency],
        Clock.Kind.HANDLE: pack.handle_by_urgency.get(order.urgency, handle),
        Clock.Kind.ANSWER: pack.answer(order.kind, order.urgency, order.caller_kind),
    }


def recount(order: WorkOrder, before: Terms) -> None:
    """Count the live clocks anew from their own start when the terms are no longer those of `before`.

    What was added meanwhile (pauses, extensions) stays added. A clock of another term, as of handling again, keeps
    its own, and so does a sub-unit's, whose parent said until when.
    """
    after = terms_of(order)
    for clock in order.clocks.filter(state__in=LIVE).select_related("calendar", "assignment").order_by("id"):
        was, term = before.get(clock.kind), after.get(clock.kind)
        chosen = clock.kind == Clock.Kind.HANDLE and clock.assignment and clock.assignment.role == Assignment.Role.SUB
        if was is None or term is None or was == term or clock.term != term_data(was) or chosen:
            continue
        clock.order = order
        count_again(clock, term)
    refresh_due(order)


def count_again(clock: Clock, term: Term) -> None:
    after = counted(clock.started_at, term, clock.moves, work_calendar(clock.calendar))
    clock.term = term_data(term)
    clock.save(update_fields=["term"])
    move_clock(clock, after.at, provisional=after.provisional)
    if clock.assignment_id and clock.kind in DUE_OF_TASK:
        Assignment.objects.filter(pk=clock.assignment_id).update(**{DUE_OF_TASK[clock.kind]: after.at})
