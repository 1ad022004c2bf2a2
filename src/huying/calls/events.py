"""What this room tells the rooms above, once each, in the transaction that learns of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallEntered:
    """Somebody is calling."""

    call_id: int
    centre_id: int


@dataclass(frozen=True, slots=True)
class CallRang:
    """It rings at somebody's seat."""

    call_id: int
    centre_id: int
    staff_id: int


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """Somebody answered; again for each further person who takes the call over."""

    call_id: int
    centre_id: int
    staff_id: int


@dataclass(frozen=True, slots=True)
class CallEnded:
    """It is over; `outcome` is one of `catalog.Outcome`, `was_listed`: the number was on the list of blocked ones."""

    call_id: int
    centre_id: int
    outcome: str
    was_listed: bool
