"""What the telephone asks of rooms above it, which it may not know: they say at their start who answers.

    register_urgent(has_open_urgent_order)      workorders
    register_progress(progress_by_phone)        portal
"""

from collections.abc import Callable
from dataclasses import dataclass

NOT_FOUND, TOO_OFTEN = "not-found", "too-often"
STAGES = ("received", "dispatched", "handling", "replied", "closed", "ended", NOT_FOUND, TOO_OFTEN)
"""What may be said of an order on the telephone; each is a prompt `progress-…`."""


@dataclass(frozen=True, slots=True)
class ProgressAsked:
    """Somebody keyed in an order's number and a code. `caller` is the number that calls, "" when it is hidden."""

    centre_id: int
    number: str
    code: str
    caller: str


Urgent = Callable[[int, bytes], bool]
Progress = Callable[[ProgressAsked], str]
_urgent: list[Urgent] = []
_progress: list[Progress] = []


def register_urgent(ask: Urgent) -> None:
    """`ask(centre_id, number_hash)`: whether that caller has an urgent order open."""
    _urgent[:] = [ask]


def register_progress(ask: Progress) -> None:
    """`ask(asked)`: one of STAGES."""
    _progress[:] = [ask]


def has_open_urgent(centre_id: int, number_hash: bytes) -> bool:
    return any(ask(centre_id, number_hash) for ask in _urgent)


def progress_of(asked: ProgressAsked) -> str:
    return _progress[0](asked) if _progress else NOT_FOUND
