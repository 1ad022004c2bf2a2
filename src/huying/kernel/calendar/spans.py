"""The words a calendar speaks: spans of a day, stretches of time, and a count with its proof."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from huying.kernel.clock import SHANGHAI

MINUTES_A_DAY = 24 * 60
_SPAN = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of counted time, `begins` <= `ends`, both aware in Asia/Shanghai; `note` says why it counts."""

    begins: datetime
    ends: datetime
    note: str = ""

    @property
    def length(self) -> timedelta:
        return self.ends - self.begins


@dataclass(frozen=True, slots=True)
class RestDay:
    """A day that was passed over, with the Chinese reason (周末, 国庆节 …)."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The outcome of a count with everything that went into it.

    `at` is where the count ended (Asia/Shanghai), `length` the time in `stretches`, `provisional` True when a year
    without known holidays was counted by the plain weekly rule and the outcome may still move.
    """

    at: datetime
    length: timedelta
    stretches: tuple[Stretch, ...]
    provisional: bool = False
    skipped: tuple[RestDay, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Working time within one day, in minutes after midnight, `0 <= opens < closes <= 1440`.

    Half open: 09:00 belongs to it, its closing minute does not. Raises ValueError when the order is wrong.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= MINUTES_A_DAY:
            raise ValueError(f"not a span of a day: {self.opens}-{self.closes} minutes")

    def on(self, day: date, note: str = "") -> Stretch:
        """Return this span as a stretch on a given day."""
        midnight = datetime.combine(day, time.min, SHANGHAI)
        return Stretch(midnight + timedelta(minutes=self.opens), midnight + timedelta(minutes=self.closes), note)

    def __str__(self) -> str:
        return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (self.opens, self.closes))


def parse_span(text: str) -> Span:
    """Read "09:00-12:00" (the end may be 24:00). Raises ValueError for anything else."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError(f"not a span: {text!r}")
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    if from_minute > 59 or to_minute > 59:
        raise ValueError(f"not a span: {text!r}")
    return Span(from_hour * 60 + from_minute, to_hour * 60 + to_minute)


def local(at: datetime) -> datetime:
    """Return `at` in Asia/Shanghai, where days begin and offices open. Raises ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be counted")
    return at.astimezone(SHANGHAI)


class Calendar(Protocol):
    """What counts as time. All times in are aware; all times out are aware in Asia/Shanghai."""

    def is_working(self, at: datetime) -> bool: ...

    def may_be_due(self, at: datetime) -> bool: ...

    def spans_between(self, start: datetime, end: datetime) -> Iterator[Stretch]: ...

    def working_between(self, start: datetime, end: datetime) -> timedelta: ...

    def add_working(self, start: datetime, length: timedelta) -> datetime: ...

    def after_workdays(self, start: datetime, n: int) -> datetime: ...

    def before_workdays(self, at: datetime, n: int) -> datetime: ...

    def explain_between(self, start: datetime, end: datetime) -> Counted: ...

    def explain_add(self, start: datetime, length: timedelta) -> Counted: ...

    def explain_workdays(self, start: datetime, n: int) -> Counted: ...
