"""Working time of an office: spans of the week, national holidays, and a centre's own days on top."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain, pairwise

from huying.kernel.calendar.national import UncoveredYear, national_holidays, national_workdays, national_years
from huying.kernel.calendar.spans import MINUTES_A_DAY, Counted, RestDay, Span, Stretch, local

Spans = tuple[Span, ...]
_OFFICE_DAY: Spans = (Span(9 * 60, 12 * 60), Span(13 * 60, 18 * 60))
DEFAULT_WEEK: tuple[Spans, ...] = (_OFFICE_DAY,) * 5 + ((),) * 2
_ZERO = timedelta(0)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """Which minutes count for an office in Asia/Shanghai (R116).

    A day is looked up in this order: `overrides` (None or an empty tuple = closed), the national holidays and make-up
    days when `national`, the `weekly` spans (seven entries, Monday first). A make-up day works Monday's spans.
    `years` are years the centre's own file declares complete. Any other year unknown to the library raises
    UncoveredYear, or, with `provisional`, is counted by the weekly spans alone and reported in `Counted.provisional`.
    Without `national` no year is uncovered: the weekly spans are then the whole truth.
    """

    weekly: tuple[Spans, ...] = DEFAULT_WEEK
    overrides: Mapping[date, Spans | None] = field(default_factory=dict, hash=False)
    years: frozenset[int] = frozenset()
    national: bool = True
    provisional: bool = False

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise ValueError("a week has seven days")
        if not any(self.weekly):
            raise ValueError("a week without working time would never come to an end")
        for spans in self._all_days():
            if any(after.opens < before.closes for before, after in pairwise(spans)):
                raise ValueError("the spans of a day must be in order and apart")

    def covers(self, year: int) -> bool:
        """Say whether the holidays of `year` are known (or do not matter)."""
        return not self.national or year in self.years or year in national_years()

    def spans_on(self, day: date) -> Spans:
        """Return the working spans of a day, empty for a day off. Raises UncoveredYear (see the class)."""
        if day in self.overrides:
            return self.overrides[day] or ()
        if self.national:
            if not self.provisional and not self.covers(day.year):
                raise UncoveredYear(day.year)
            if day in national_holidays(day.year):
                return ()
            if day in national_workdays(day.year):
                return next(spans for spans in self.weekly if spans)
        return self.weekly[day.weekday()]

    def is_working(self, at: datetime) -> bool:
        """Say whether the office is open at `at`: at 09:00 it is, at 12:00 and 18:00 no longer."""
        at = local(at)
        return any(stretch.begins <= at < stretch.ends for stretch in self._stretches_on(at.date()))

    def may_be_due(self, at: datetime) -> bool:
        """Say whether a due time may fall on `at`: within working time or on its closing edge (18:00 is the last)."""
        at = local(at)
        if self._closed_at_midnight(at):
            return True
        return any(stretch.begins <= at <= stretch.ends for stretch in self._stretches_on(at.date()))

    def spans_between(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """Yield the working stretches within [start, end], cut to it, in order, none of them empty."""
        end = local(end)
        for stretch in self._stretches_from(local(start), _last_day(end)):
            if stretch.length and stretch.begins < end:
                yield Stretch(stretch.begins, min(stretch.ends, end), stretch.note)

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from `start` to `end`. Raises ValueError when `end` lies before `start`."""
        if end < start:
            raise ValueError("the end lies before the start")
        return sum((stretch.length for stretch in self.spans_between(start, end)), _ZERO)

    def add_working(self, start: datetime, length: timedelta) -> datetime:
        """Return the moment when `length` (>= 0) of working time has gone by since `start`.

        Never in non-working time. A count that ends with a span ends on its closing edge (12:00, not 13:00), so that
        adding is associative; adding nothing to a moment outside working time gives the next opening.
        """
        return self._add(local(start), length)[0]

    def after_workdays(self, start: datetime, n: int) -> datetime:
        """Return the close of the nth working day after the day of `start`, which itself does not count.

        Civil Code articles 201 and 203. Raises ValueError for `n` < 1.
        """
        return self._workdays(local(start).date(), n)[-1].ends

    def before_workdays(self, at: datetime, n: int) -> datetime:
        """Return the close of the nth working day before the day of `at`: the last moment to ask for an extension.

        The mirror of `after_workdays` (rules.md 3.3: at least one working day before it is due).
        """
        if n < 1:
            raise ValueError("at least one working day")
        day, left = _last_day(local(at)), n
        while left:
            day -= _ONE_DAY
            left -= bool(self.spans_on(day))
        return self.spans_on(day)[-1].on(day).ends

    def explain_between(self, start: datetime, end: datetime) -> Counted:
        """Return every working stretch between two times and their sum."""
        if end < start:
            raise ValueError("the end lies before the start")
        return self._counted(local(start).date(), local(end), list(self.spans_between(start, end)))

    def explain_add(self, start: datetime, length: timedelta) -> Counted:
        """Return what `add_working` finds, with every stretch it counted."""
        return self._counted(local(start).date(), *self._add(local(start), length))

    def explain_workdays(self, start: datetime, n: int) -> Counted:
        """Return what `after_workdays` finds, with every span of every counted day, numbered in its note."""
        day = local(start).date()
        counted = self._workdays(day, n)
        return self._counted(day + _ONE_DAY, counted[-1].ends, counted)

    def rest_reason(self, day: date) -> str:
        """Return in Chinese why nobody works on `day`, "" for a working day."""
        if self.spans_on(day):
            return ""
        if day in self.overrides:
            return "本中心休息"
        name = national_holidays(day.year).get(day) if self.national else None
        return name or ("周末" if day.weekday() >= 5 else "每周休息日")

    def _add(self, start: datetime, length: timedelta) -> tuple[datetime, list[Stretch]]:
        if length < _ZERO:
            raise ValueError("time can only be added")
        left, counted = length, list[Stretch]()
        for stretch in self._stretches_from(start):
            if stretch.length >= left:
                at = stretch.begins + left
                return at, [*counted, Stretch(stretch.begins, at)] if left else counted
            if stretch.length:
                counted.append(stretch)
                left -= stretch.length
        raise OverflowError("the calendar ends with the year 9999")

    def _workdays(self, day: date, n: int) -> list[Stretch]:
        if n < 1:
            raise ValueError("at least one working day")
        counted, days = list[Stretch](), 0
        while days < n:
            day += _ONE_DAY
            spans = self.spans_on(day)
            days += bool(spans)
            counted += [span.on(day, f"第 {days} 个工作日") for span in spans]
        return counted

    def _stretches_on(self, day: date) -> Iterator[Stretch]:
        return (span.on(day) for span in self.spans_on(day))

    def _stretches_from(self, start: datetime, last: date = date.max) -> Iterator[Stretch]:
        """Yield the stretches that end at or after `start`, up to the day `last`, the first cut to begin at `start`.

        A stretch that closes exactly at `start` comes as an empty one: its edge is where a count of nothing stays.
        """
        day = start.date()
        if self._closed_at_midnight(start):
            yield Stretch(start, start)
        while day <= last:
            for stretch in self._stretches_on(day):
                if stretch.ends >= start:
                    yield Stretch(max(stretch.begins, start), stretch.ends)
            day += _ONE_DAY

    def _closed_at_midnight(self, at: datetime) -> bool:
        """Say whether `at` is the 24:00 at which the day before closed."""
        if at.time() != time.min or not any(spans and spans[-1].closes == MINUTES_A_DAY for spans in self._all_days()):
            return False
        return any(stretch.ends == at for stretch in self._stretches_on(at.date() - _ONE_DAY))

    def _all_days(self) -> Iterator[Spans]:
        return chain(self.weekly, (spans or () for spans in self.overrides.values()))

    def _counted(self, first: date, at: datetime, stretches: list[Stretch]) -> Counted:
        last = _last_day(at)
        provisional = any(not self.covers(year) for year in range(first.year, last.year + 1))
        days = (first + timedelta(days=index) for index in range((last - first).days + 1))
        skipped = tuple(RestDay(day, self.rest_reason(day)) for day in days if not self.spans_on(day))
        length = sum((stretch.length for stretch in stretches), _ZERO)
        return Counted(at, length, tuple(stretches), provisional, skipped)


def _last_day(end: datetime) -> date:
    """Return the last day with any time before `end`: an end at midnight is the 24:00 of the day before."""
    return (end - timedelta.resolution).date()
