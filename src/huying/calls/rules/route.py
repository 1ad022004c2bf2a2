"""Where a call goes: the first rule that fits, the person who knows the caller, or nowhere (R202, R203, R214, R216)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

MOST_PRIORITY = 10


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of who calls: the number as digits, labels, and the lists it stands on."""

    number: str
    labels: frozenset[str] = frozenset()
    lists: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """One `RouteRule`; an empty condition fits everybody. `desk` is the personal queue of somebody signed in, else ""."""

    called: int | None = None
    caller_list: int | None = None
    labels: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    hours_from: time | None = None
    hours_to: time | None = None
    queue: str = ""
    desk: str = ""
    flow: str = ""
    priority: int = 0

    def fits(self, caller: Caller, called: int, at: time) -> bool:
        return (
            self.called in {None, called}
            and (self.caller_list is None or self.caller_list in caller.lists)
            and (not self.labels or bool(self.labels & caller.labels))
            and (not self.prefixes or caller.number.startswith(self.prefixes))
            and within(at, self.hours_from, self.hours_to)
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the switch is told. Without a queue the called number's own stays, without a flow and with a queue there is no
    menu. `last`: whose personal queue is asked first."""

    flow: str = ""
    queue: str = ""
    priority: int = 0
    last: str = ""
    blocked: bool = False
    refuse: str = ""


def decide(
    rules: Iterable[Rule], caller: Caller, *, called: int, at: time, flow: str, last: str, blocked: bool, excused: bool
) -> Answer:
    """`flow`: the number's own menu. `last`: the personal queue of who served this caller last and is there, else "".

    A blocked caller who is excused (an urgent order is open) goes the way of everybody else.
    """
    if blocked and not excused:
        return Answer(blocked=True)
    rule = next((rule for rule in rules if rule.fits(caller, called, at)), Rule())
    straight = bool(rule.queue or rule.desk) and not rule.flow  # who has a place of their own is not asked for keys
    return Answer(
        flow=rule.flow or ("" if straight else flow), queue=rule.queue, priority=min(rule.priority, MOST_PRIORITY),
        last=rule.desk or last,
    )


def within(at: time, begins: time | None, ends: time | None) -> bool:
    """Whether `at` lies in [begins, ends); the span may go over midnight, an open end is the end of the day."""
    if begins is None and ends is None:
        return True
    begins, ends = begins or time.min, ends or time.max
    return begins <= at < ends if begins <= ends else at >= begins or at < ends
