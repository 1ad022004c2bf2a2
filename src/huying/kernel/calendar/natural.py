"""Natural time: every minute of every day counts, for urgent orders and for "within 24 hours"."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from huying.kernel.calendar.spans import Counted, Stretch, local
from huying.kernel.clock import SHANGHAI

_NOTE = "自然时间"


@dataclass(frozen=True, slots=True)
class NaturalCalendar:
    """The `Calendar` that never rests. Its days are natural days and end at 24:00 (Civil Code article 203)."""

    def is_working(self, at: datetime) -> bool:
        return local(at) is not None

    def may_be_due(self, at: datetime) -> bool:
        return self.is_working(at)

    def spans_between(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        if end > start:
            yield Stretch(local(start), local(end), _NOTE)

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Raises ValueError when `end` lies before `start`."""
        return self.explain_between(start, end).length

    def add_working(self, start: datetime, length: timedelta) -> datetime:
        """Raises ValueError for a negative length."""
        return self.explain_add(start, length).at

    def after_workdays(self, start: datetime, n: int) -> datetime:
        """Return 24:00 of the nth day after the day of `start`. Raises ValueError for `n` < 1."""
        return self.explain_workdays(start, n).at

    def before_workdays(self, at: datetime, n: int) -> datetime:
        """Return 24:00 of the nth day before the day of `at`. Raises ValueError for `n` < 1."""
        if n < 1:
            raise ValueError("at least one day")
        # A due time of 24:00 is written 00:00 of the next day but belongs to the day it closes.
        day = (local(at) - timedelta.resolution).date() - timedelta(days=n - 1)
        return datetime.combine(day, time.min, SHANGHAI)

    def explain_between(self, start: datetime, end: datetime) -> Counted:
        if end < start:
            raise ValueError("the end lies before the start")
        stretches = tuple(self.spans_between(start, end))
        return Counted(local(end), end - start, stretches)

    def explain_add(self, start: datetime, length: timedelta) -> Counted:
        if length < timedelta(0):
            raise ValueError("time can only be added")
        return self.explain_between(start, start + length)

    def explain_workdays(self, start: datetime, n: int) -> Counted:
        if n < 1:
            raise ValueError("at least one day")
        begins = datetime.combine(local(start).date() + timedelta(days=1), time.min, SHANGHAI)
        days = [begins + timedelta(days=index) for index in range(n + 1)]
        stretches = tuple(
            Stretch(day, following, f"第 {index} 天") for index, (day, following) in enumerate(pairwise(days), start=1)
        )
        return Counted(days[-1], days[-1] - days[0], stretches)
