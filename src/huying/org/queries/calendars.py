"""Which working calendar counts for whom (R116)."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from huying.kernel.calendar import Span, WorkCalendar, calendar_from_dict
from huying.org.models import Calendar, Centre, Unit


@lru_cache(maxsize=256)
def _parsed(text: str) -> WorkCalendar:
    return calendar_from_dict(json.loads(text), provisional=True)


def work_calendar(calendar: Calendar | None) -> WorkCalendar:
    """The counting calendar; without one of its own, the national default.

    A year that nobody has published yet is counted by the plain week and the result says `provisional`: an order
    taken in December is not refused because next year's holidays are unknown.
    """
    if calendar is None:
        return _parsed("{}")
    known = calendar.__dict__.get("_parsed")
    if known is None or known[0] is not calendar.data:
        known = calendar.__dict__["_parsed"] = (calendar.data, _parsed(json.dumps(calendar.data, sort_keys=True)))
    found: WorkCalendar = known[1]
    return found


def calendar_of(*, centre: Centre, unit: Unit | None = None) -> Calendar | None:
    """The unit's own calendar, else the nearest one above it, else its centre's, else a centre's above."""
    if unit is not None:
        above = Unit.objects.filter(pk__in=unit.lineage, calendar__isnull=False).select_related("calendar")
        if nearest := above.order_by("-path").first():
            return nearest.calendar
    if centre.calendar_id:
        return centre.calendar
    higher = Centre.objects.filter(pk__in=centre.lineage, calendar__isnull=False).select_related("calendar")
    return found.calendar if (found := higher.order_by("-path").first()) else None


@dataclass(frozen=True)
class Day:
    """One square of the month: its `spans` ("9-12"), or `rest` saying why nobody works; `inside` the month at all."""

    day: date
    inside: bool
    spans: list[str]
    rest: str
    named: bool


def month_of(calendar: WorkCalendar, first: date) -> tuple[list[list[Day]], bool]:
    """The weeks (Monday first) that touch the month of `first`, and whether its year's holidays are known."""
    begin = first - timedelta(days=first.weekday())
    weeks: list[list[Day]] = []
    while begin.replace(day=1) <= first:
        days = [begin + timedelta(days=step) for step in range(7)]
        weeks.append([_day(calendar, day, day.month == first.month) for day in days])
        begin += timedelta(days=7)
    return weeks, calendar.covers(first.year)


def _day(calendar: WorkCalendar, day: date, inside: bool) -> Day:
    reason = calendar.rest_reason(day)
    return Day(day, inside, [_short(span) for span in calendar.spans_on(day)], reason, reason not in {"", "周末", "每周休息日"})


def _short(span: Span) -> str:
    """`9-12`, `13:30-18`."""
    times = (f"{minutes // 60}:{minutes % 60:02}".removesuffix(":00") for minutes in (span.opens, span.closes))
    return "-".join(times)
