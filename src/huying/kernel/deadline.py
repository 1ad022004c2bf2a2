"""When something is due: a term counted on a calendar, moved by pauses (R116, R286)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from huying.kernel.calendar import Calendar, Counted, NaturalCalendar, RestDay, Stretch
from huying.kernel.errors import Refusal

_ZERO = timedelta(0)
_LONGEST_DAYS = 3660
_NATURAL = NaturalCalendar()


class BadTerm(Refusal):
    """A term in a rule pack that cannot be counted."""

    code = "bad_term"


@dataclass(frozen=True, slots=True)
class Term:
    """How long somebody has: `workdays`, or `minutes` of working time, or of `natural` time. Exactly one is positive.

    Raises BadTerm.
    """

    workdays: int = 0
    minutes: int = 0
    natural: bool = False

    def __post_init__(self) -> None:
        if (self.workdays > 0) == (self.minutes > 0) or min(self.workdays, self.minutes) < 0:
            raise BadTerm("时限须为若干个工作日，或若干小时、分钟，二者取一且大于零")
        if self.workdays and self.natural:
            raise BadTerm("工作日时限不能同时按自然时间计算")
        if max(self.workdays, self.minutes / 1440) > _LONGEST_DAYS:
            raise BadTerm("时限不能超过十年")

    @classmethod
    def parse(cls, data: object) -> "Term":
        """Read {"workdays": 5}, {"hours": 4}, {"minutes": 30, "natural": true}. Raises BadTerm.

        `hours` and `minutes` are working time unless `natural`; hours may be a fraction of whole minutes (0.5).
        """
        if not isinstance(data, Mapping):
            raise BadTerm(f"时限“{data}”应写作 {{'workdays': 5}}、{{'hours': 4}} 或 {{'minutes': 30, 'natural': true}}")
        amounts = {key: value for key, value in data.items() if key != "natural"}
        natural = data.get("natural", False)
        if len(amounts) != 1 or not isinstance(natural, bool):
            raise BadTerm("时限须在 workdays、hours、minutes 中恰好写一项，natural 只能是 true 或 false")
        ((unit, amount),) = amounts.items()
        if unit == "workdays":
            return cls(workdays=_whole(amount), natural=natural)
        if unit == "hours":
            return cls(minutes=_whole(amount, 60), natural=natural)
        if unit == "minutes":
            return cls(minutes=_whole(amount), natural=natural)
        raise BadTerm(f"不认识的时限单位“{unit}”，可用 workdays、hours、minutes")

    def to_dict(self) -> dict[str, Any]:
        """Return what `parse` reads back to the same term."""
        if self.workdays:
            return {"workdays": self.workdays}
        amount = {"minutes": self.minutes} if self.minutes % 60 else {"hours": self.minutes // 60}
        return amount | {"natural": True} if self.natural else amount

    def __str__(self) -> str:
        """Return the term in Chinese: 5 个工作日, 4 个工作小时, 30 分钟."""
        if self.workdays:
            return f"{self.workdays} 个工作日"
        if self.minutes % 60:
            return f"{self.minutes} 分钟" if self.natural else f"{self.minutes} 个工作分钟"
        return f"{self.minutes // 60} 小时" if self.natural else f"{self.minutes // 60} 个工作小时"


@dataclass(frozen=True, slots=True)
class Due:
    """A due time (`at`, Asia/Shanghai) with the stretches that were counted and the days passed over.

    `provisional`: a year without known holidays was counted by the weekly rule alone; count again when they are known.
    """

    at: datetime
    provisional: bool
    stretches: tuple[Stretch, ...]
    skipped: tuple[RestDay, ...] = ()


def calendar_for(term: Term, calendar: Calendar) -> Calendar:
    """Return the calendar a term is counted, paused and measured on: natural time has its own."""
    return _NATURAL if term.natural else calendar


def due(start: datetime, term: Term, calendar: Calendar) -> Due:
    """Return when `term` from `start` (aware) is over. Raises UncoveredYear from a strict calendar."""
    calendar = calendar_for(term, calendar)
    if term.workdays:
        return _due(calendar.explain_workdays(start, term.workdays))
    return _due(calendar.explain_add(start, timedelta(minutes=term.minutes)))


def resume(due: datetime, paused_at: datetime, resumed_at: datetime, calendar: Calendar) -> Due:
    """Return the due time after a pause, moved by exactly the working length of the pause.

    The working time left when the clock stopped is the working time left when it goes on. Give the calendar of
    `calendar_for`. Raises ValueError when the pause ends before it begins.
    """
    pause = calendar.explain_between(paused_at, resumed_at)
    moved = calendar.explain_add(due, pause.length)
    return Due(moved.at, pause.provisional or moved.provisional, moved.stretches, moved.skipped)


Move = Mapping[str, Any]
"""What happened to a due time after it was counted, as plain data: {"pause": [from, to]}, {"workdays": n} more,
{"until": moment} said by a person, {"latest": moment} it may not go beyond. Moments are ISO 8601 with their zone."""


def counted(start: datetime, term: Term, moves: Iterable[Move], calendar: Calendar) -> Due:
    """Return when `term` from `start` is over after all `moves`, as this calendar counts every one of them."""
    found = due(start, term, calendar)
    for move in moves:
        found = moved(found, move, term, calendar)
    return found


def moved(found: Due, move: Move, term: Term, calendar: Calendar) -> Due:
    """Return the due time after one more move. Raises ValueError for what is none."""
    match move:
        case {"pause": [begin, end]}:
            later = resume(found.at, datetime.fromisoformat(begin), datetime.fromisoformat(end), calendar_for(term, calendar))
        case {"workdays": int(more)}:
            later = _due(calendar.explain_workdays(found.at, more))
        case {"until": moment}:
            return Due(datetime.fromisoformat(moment), False, ())
        case {"latest": moment}:
            return found if found.at <= datetime.fromisoformat(moment) else Due(datetime.fromisoformat(moment), False, ())
        case _:
            raise ValueError(f"not a move of a due time: {move!r}")
    return Due(later.at, found.provisional or later.provisional, later.stretches, later.skipped)


def remaining(now: datetime, due: datetime, calendar: Calendar) -> timedelta:
    """Return the working time left until `due`, negative (working time overdue) when it is past."""
    if now <= due:
        return calendar.working_between(now, due)
    return -calendar.working_between(due, now)


def _due(counted: Counted) -> Due:
    return Due(counted.at, counted.provisional, counted.stretches, counted.skipped)


def _whole(amount: object, factor: int = 1) -> int:
    if isinstance(amount, bool) or not isinstance(amount, int | float) or amount * factor % 1 != 0:
        raise BadTerm(f"时限“{amount}”应为数字，且折合整分钟（整天）")
    return int(amount * factor)
