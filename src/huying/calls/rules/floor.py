"""What a shift leader must notice: too few seats, too many calls, somebody too long in one state. Pure (R115, R293, kpi.md K4-01)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from huying.calls.catalog import AgentState


@dataclass(frozen=True, slots=True)
class Period:
    """`weekdays`: digits 1 (Monday) to 7; from `begins` up to `ends`, past midnight when `ends` is not later."""

    name: str
    weekdays: str
    begins: time
    ends: time
    least: int

    def covers(self, at: datetime) -> bool:
        """`at` is local time. What runs past midnight belongs to the day it began on."""
        now, today = at.time(), str(at.isoweekday())
        if self.begins < self.ends:
            return today in self.weekdays and self.begins <= now < self.ends
        yesterday = str((at.isoweekday() - 2) % 7 + 1)
        return (today in self.weekdays and now >= self.begins) or (yesterday in self.weekdays and now < self.ends)


def least_now(periods: Iterable[Period], at: datetime) -> Period | None:
    """The period in force that asks for most, None when none is."""
    return max((each for each in periods if each.covers(at)), key=lambda each: each.least, default=None)


def is_surge(now: int, usual: float, percent: int, *, least: int = 10) -> bool:
    """Whether `now` calls are more than `percent` of what is usual; a handful of calls is never a surge."""
    return now >= least and now * 100 > usual * percent


LONG = {AgentState.TALKING: (600, 1200), AgentState.WRAP_UP: (120, 180), AgentState.BUSY: (900, 1800), AgentState.RINGING: (10, 15)}
"""Seconds after which a state is worth a look, and worth a word."""


def tone(state: str, seconds: float, limits: Mapping[AgentState, tuple[int, int]] = LONG) -> str:
    """"", "amber" or "red" of a state that lasts `seconds`."""
    look, word = limits.get(AgentState(state), (0, 0))
    return "red" if word and seconds > word else "amber" if look and seconds > look else ""


def in_whole_seconds(parts: Sequence[tuple[str, int]], whole_ms: int) -> list[tuple[str, int]]:
    """Parts of a whole (milliseconds) in whole seconds (still as milliseconds) that add up to the whole as it is shown:
    those with the largest rests are rounded up."""
    missing = round(whole_ms / 1000) - sum(ms // 1000 for _, ms in parts)
    up = set(sorted(range(len(parts)), key=lambda place: -(parts[place][1] % 1000))[: max(0, missing)])
    return [(label, (ms // 1000 + (place in up)) * 1000) for place, (label, ms) in enumerate(parts)]
