"""The one source of "now": aware UTC, whole milliseconds, and stoppable in tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_stopped: "StoppedClock | None" = None


class StoppedClock:
    """The clock inside `frozen`: stands still until it is told to go on."""

    def __init__(self, at: datetime) -> None:
        self.at = to_milliseconds(at)

    def tick(self, by: timedelta) -> datetime:
        """Move on by `by` (may be negative) and return the new now."""
        self.at = to_milliseconds(self.at + by)
        return self.at

    def move_to(self, at: datetime) -> datetime:
        """Set the clock to `at` (aware) and return the new now."""
        self.at = to_milliseconds(at)
        return self.at


def now() -> datetime:
    """Return the current time, aware, in UTC, cut to whole milliseconds.

    Cut, because the hash chain writes milliseconds: what is stored and what is hashed are then the same instant.
    """
    return _stopped.at if _stopped else to_milliseconds(datetime.now(UTC))


def to_milliseconds(at: datetime) -> datetime:
    """Return `at` in UTC cut to whole milliseconds. Raises ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be placed on the clock")
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


@contextmanager
def frozen(at: datetime) -> Iterator[StoppedClock]:
    """Stop the clock at `at` (aware) for a test, in every thread of the process; may be nested."""
    global _stopped
    before, _stopped = _stopped, StoppedClock(at)
    try:
        yield _stopped
    finally:
        _stopped = before
