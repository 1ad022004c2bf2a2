"""What this room tells those above it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HoursChanged:
    """A working calendar, or the one that a centre goes by, is another now."""

    centre_id: int
