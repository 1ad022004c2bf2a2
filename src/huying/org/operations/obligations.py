"""What a person must hand over before leaving (R164), asked of the rooms above without knowing them.

A room registers in `AppConfig.ready()`:

    from huying.org.operations import Duty, Obligation, register_obligation

    register_obligation(Obligation("orders", "在手工单", find=duties_of, hand_over=hand_over_orders))
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from huying.org.models import Staff
from huying.org.policies import Actor


@dataclass(frozen=True, slots=True)
class Duty:
    """One open thing, for the page: an order with its title and the address of its page."""

    label: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Obligation:
    """One kind of open work that hangs on a person.

    `find(staff)`                     every open thing (drafts, held orders, follow-up tasks), the oldest first
    `hand_over(staff, to, actor)`     moves all of them to `to` and writes their histories; returns how many; runs inside
                                      the transaction that disables the account; may raise a Refusal
    """

    code: str
    label: str
    find: Callable[[Staff], list[Duty]]
    hand_over: Callable[[Staff, Staff, Actor], int]


@dataclass(frozen=True, slots=True)
class Owed:
    """What one person owes of one kind."""

    obligation: Obligation
    duties: list[Duty] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.obligation.label


OBLIGATIONS: list[Obligation] = []


def register_obligation(obligation: Obligation) -> None:
    """Enter a kind of open work; the same code again replaces it."""
    OBLIGATIONS[:] = [old for old in OBLIGATIONS if old.code != obligation.code]
    OBLIGATIONS.append(obligation)


def owed_by(staff: Staff) -> list[Owed]:
    """Everything open that hangs on this person, kind by kind; kinds without anything are left out."""
    found = [Owed(obligation, obligation.find(staff)) for obligation in OBLIGATIONS]
    return [owed for owed in found if owed.duties]
