"""What goes into a channel and what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """`key` is the same at every attempt, so that a gateway can drop a second copy. `prefer` names the gateway that may
    already have taken it (it did not answer in time); empty for none."""

    key: str
    phone: str
    text: str
    prefer: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A gateway took it under the number `receipt`; `delivered` when no receipt will follow."""

    gateway: str
    receipt: str
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message taken earlier; `at` is when it reached the phone, if the gateway says so."""

    receipt: str
    delivered: bool
    reason: str = ""
    at: datetime | None = None


class Rejected(Exception):
    """The gateway will never take this message (no such number, forbidden words): trying again is useless."""

    def __init__(self, gateway: str, reason: str) -> None:
        self.gateway, self.reason = gateway, reason
        super().__init__(reason)


class Unreachable(Exception):
    """Nobody took it this time. `uncertain` names a gateway that may have taken it without answering."""

    def __init__(self, reason: str, *, uncertain: str = "") -> None:
        self.reason, self.uncertain = reason, uncertain
        super().__init__(reason)


class Channel(Protocol):
    def send(self, parcel: Parcel) -> Accepted:
        """Raises Rejected or Unreachable."""
        ...

    def receipts(self, gateway: str, numbers: Sequence[str]) -> list[Receipt]:
        """What is known by now of messages taken earlier. Raises Unreachable."""
        ...
