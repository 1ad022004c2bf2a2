"""Start, stop, pause and move the clocks of an order (R116, R286)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Min

from huying.kernel import clock as time
from huying.kernel.calendar import WorkCalendar
from huying.kernel.deadline import Due, Move, Term, counted, due, moved
from huying.org.models import Calendar, Unit
from huying.org.queries import calendar_of, work_calendar
from huying.workorders.models import Assignment, Clock, WorkOrder
from huying.workorders.queries.packs import pack_of

SHOWN_AS_DUE = ("review", "sign", "handle", "follow_up")
LIVE = (Clock.State.RUNNING, Clock.State.PAUSED)
DUE_OF_TASK: dict[str, str] = {Clock.Kind.SIGN: "sign_due_at", Clock.Kind.HANDLE: "due_at"}
"""Which column of its task repeats the due time of a clock."""


def term_data(term: Term) -> dict[str, Any]:
    return {"workdays": term.workdays, "minutes": term.minutes, "natural": term.natural}


def next_wake(due_at: datetime, reminders: Iterable[timedelta], now: datetime) -> datetime:
    """The next moment to look: a reminder still ahead, else the due time itself."""
    return min((due_at - ahead for ahead in reminders if due_at - ahead > now), default=due_at)


def new_clock(
    order: WorkOrder, kind: Clock.Kind, term: Term, *, start: datetime | None = None,
    assignment: Assignment | None = None, unit: Unit | None = None, latest: datetime | None = None,
) -> Clock:
    """A clock not yet saved, counted from `start` (default now) and due no later than `latest`."""
    calendar = calendar_of(centre=order.centre, unit=unit)
    return counted_clock(order, kind, term, calendar, start=start, assignment=assignment, latest=latest)


def counted_clock(
    order: WorkOrder, kind: Clock.Kind, term: Term, calendar: Calendar | None, *, start: datetime | None = None,
    assignment: Assignment | None = None, latest: datetime | None = None,
) -> Clock:
    """`new_clock` on a calendar already found."""
    start = start or time.now()
    at, provisional = due_on(start, term, work_calendar(calendar))
    due_at = min(at, latest) if latest else at
    return Clock(
        order=order, assignment=assignment, centre_id=order.centre_id, calendar=calendar, kind=kind,
        term=term_data(term), moves=[{"latest": latest.isoformat()}] if latest else [], started_at=start, due_at=due_at,
        provisional=provisional,
        wake_at=next_wake(due_at, pack_of(order.pack).reminders, time.now()),
    )


def due_on(start: datetime, term: Term, calendar: WorkCalendar) -> tuple[datetime, bool]:
    """When the term is over, and whether that is provisional. Workdays count from the day, whatever its hour."""
    if term.workdays:
        return _after_days(start.astimezone(time.SHANGHAI).date(), term, calendar)
    until = due(start, term, calendar)
    return until.at, until.provisional


@lru_cache(maxsize=4096)
def _after_days(day: date, term: Term, calendar: WorkCalendar) -> tuple[datetime, bool]:
    until = due(datetime.combine(day, datetime.min.time(), time.SHANGHAI), term, calendar)
    return until.at, until.provisional


def start_clock(order: WorkOrder, kind: Clock.Kind, term: Term, **more: Any) -> Clock:
    """Start one clock and bring the order's next due time up to date (the caller saves the order)."""
    clock = new_clock(order, kind, term, **more)
    clock.save(force_insert=True)
    refresh_due(order)
    return clock


def stop_clocks(
    order: WorkOrder, *kinds: Clock.Kind, assignment: Assignment | None = None, cancel: bool = False,
    late: bool = False, at: datetime | None = None,
) -> None:
    """End the live clocks of these kinds (all kinds when none is named): met, missed, or cancelled.

    `late`: missed even at the very moment they were due, as nobody acted.
    """
    at = at or time.now()
    live = Clock.objects.filter(order=order, state__in=LIVE)
    if kinds:
        live = live.filter(kind__in=kinds)
    if assignment is not None:
        live = live.filter(assignment=assignment)
    ended = {"stopped_at": at, "wake_at": None}
    if cancel:
        live.update(state=Clock.State.CANCELLED, **ended)
    else:
        (live if late else live.filter(due_at__lt=at)).update(state=Clock.State.MISSED, **ended)
        live.update(state=Clock.State.MET, **ended)
    refresh_due(order)


def pause_clock(clock: Clock) -> None:
    clock.state, clock.paused_at, clock.wake_at = Clock.State.PAUSED, time.now(), None
    clock.save(update_fields=["state", "paused_at", "wake_at"])
    refresh_due(clock.order)


def resume_clock(clock: Clock, *, at: datetime | None = None) -> None:
    """Run again from `at`; the due time moves by exactly the working length of the pause."""
    assert clock.paused_at is not None
    pause = {"pause": [clock.paused_at.isoformat(), (at or time.now()).isoformat()]}
    clock.state, clock.paused_at = Clock.State.RUNNING, None
    shift_clock(clock, pause)


def shift_clock(clock: Clock, move: Move) -> None:
    """Put one more move behind those that were. What is provisional is counted anew, in case more is known by now."""
    due_after = until(clock, move)
    clock.moves = [*clock.moves, move]
    move_clock(clock, due_after.at, provisional=due_after.provisional)


def until(clock: Clock, *more: Move) -> Due:
    """When the clock is due after `more` moves (none: as things stand)."""
    term, calendar = Term(**clock.term), work_calendar(clock.calendar)
    if clock.provisional:
        return counted(clock.started_at, term, [*clock.moves, *more], calendar)
    found = Due(clock.due_at, False, ())
    for move in more:
        found = moved(found, move, term, calendar)
    return found


def move_clock(clock: Clock, due_at: datetime, *, provisional: bool) -> None:
    """Set a new due time, with fresh reminders, and save. What was overdue and has time again may be overdue again;
    what was handed down is due no later than this (R288)."""
    clock.due_at, clock.provisional = due_at, provisional
    clock.overdue_noted = clock.overdue_noted and due_at <= time.now()
    if clock.state == Clock.State.RUNNING:
        clock.wake_at = next_wake(due_at, pack_of(clock.order.pack).reminders, time.now())
    clock.save(update_fields=["state", "paused_at", "moves", "due_at", "provisional", "wake_at", "overdue_noted"])
    if clock.kind == Clock.Kind.HANDLE and clock.assignment_id is not None:
        hold_below(clock.order, clock.assignment_id, due_at)
    refresh_due(clock.order)


def hold_below(order: WorkOrder, task_id: int, due_at: datetime) -> None:
    """Whatever was handed down from this task and would be due later is due with it."""
    for child in Assignment.objects.filter(parent=task_id, due_at__gt=due_at):
        Assignment.objects.filter(pk=child.pk).update(due_at=due_at)
        clock = live_clock(order, Clock.Kind.HANDLE, child)
        if clock:
            move_clock(clock, due_at, provisional=clock.provisional)


def live_clock(order: WorkOrder, kind: Clock.Kind, assignment: Assignment | None = None) -> Clock | None:
    """The running or paused clock of this kind, its order being the very object given."""
    found = Clock.objects.select_related("calendar").filter(
        order=order, kind=kind, assignment=assignment, state__in=LIVE
    ).first()
    if found:
        found.order = order
    return found


def refresh_due(order: WorkOrder) -> None:
    """`due_at` is the earliest running deadline somebody has to act on; the citizen's overall clock stands behind it."""
    running = Clock.objects.filter(order=order, state=Clock.State.RUNNING)
    first = running.filter(kind__in=SHOWN_AS_DUE).aggregate(at=Min("due_at"))["at"]
    order.due_at = first or running.aggregate(at=Min("due_at"))["at"]
