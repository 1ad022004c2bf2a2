"""When people are at work in the demonstration city."""

from datetime import datetime, time, timedelta
from random import Random

from huying.kernel.clock import SHANGHAI


def into(at: datetime, hours: tuple[time, time], dice: Random) -> datetime:
    """`at`, or a while after opening on the same or the next day when it lies outside the hours."""
    local = at.astimezone(SHANGHAI)
    if hours[0] <= local.time() <= hours[1]:
        return at
    day = local.date() if local.time() < hours[0] else local.date() + timedelta(days=1)
    return datetime.combine(day, hours[0], SHANGHAI) + timedelta(seconds=dice.randint(60, 5400))
