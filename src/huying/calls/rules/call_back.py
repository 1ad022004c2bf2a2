"""Who is called back, when, and by whom (R042, R223): decided without any I/O."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from huying.calls.catalog import Outcome
from huying.kernel.clock import SHANGHAI

MISSED, REQUESTED, VOICEMAIL = "missed", "requested", "voicemail"
WANTED = {
    Outcome.ABANDONED: MISSED, Outcome.NO_ANSWER: MISSED, Outcome.LOST: MISSED, Outcome.CLOSED: MISSED,
    Outcome.VOICEMAIL: VOICEMAIL, Outcome.CALL_BACK: REQUESTED,
}
"""Somebody who asked for a person, or could not be asked, and reached nobody; who hung up in the menus wanted nothing."""

STRONGEST = (MISSED, VOICEMAIL, REQUESTED)

MOST_TRIES = 3
APART = timedelta(hours=2)
MORNING, EVENING = time(8, 30), time(20, 30)
"""Citizens are not called at night, but for who waits in the queue for it."""

STALE = timedelta(minutes=10)
"""A call back that began so long ago and of which nothing was heard has not happened."""


def wanted(outcome: str) -> str | None:
    """The kind of entry that an incoming call which ended so makes, None for none."""
    return WANTED.get(Outcome(outcome))


def stronger(old: str, new: str) -> str:
    return max(old, new, key=STRONGEST.index)


def next_try(tries: Collection[datetime], now: datetime) -> datetime | None:
    """When another try makes sense: two hours later, by day, and not at the hour of the day that failed before.

    None after three tries: then it is said to be out of reach.
    """
    if len(tries) >= MOST_TRIES:
        return None
    hours = {at.astimezone(SHANGHAI).hour for at in tries}
    local = (now + APART).astimezone(SHANGHAI)
    for _ in range(48):
        if MORNING <= local.time() < EVENING and local.hour not in hours:
            break
        local = (local + timedelta(hours=1)).replace(minute=30, second=0, microsecond=0)
    return local


@dataclass(frozen=True, slots=True)
class Place:
    """A place kept in the queue of a group."""

    pk: int
    group: int
    place_at: datetime
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody ready, and since when; `levels`: group -> level, 1 is asked first."""

    pk: int
    levels: dict[int, int]
    since: datetime


def due(
    places: Iterable[Place], waiting: dict[int, list[datetime]], seats: Iterable[Seat], now: datetime
) -> list[tuple[int, int]]:
    """(place, seat) of the calls to be made now: a place's turn has come when nobody who waits in the same group came
    before, and there is one ready seat for it and for each of those. `waiting`: group -> when each caller came in.

    A seat is used once; the seat that is left to a caller in the queue is the switch's to ring.
    """
    free = sorted(seats, key=lambda seat: seat.since)
    taken: set[int] = set()
    found: list[tuple[int, int]] = []
    for place in sorted(places, key=lambda each: (each.place_at, each.pk)):
        if place.next_at and place.next_at > now:
            continue
        able = [seat for seat in free if place.group in seat.levels and seat.pk not in taken]
        ahead = sum(at <= place.place_at for at in waiting.get(place.group, []))
        if len(able) <= ahead:
            continue
        seat = min(able, key=lambda each: (each.levels[place.group], each.since))
        taken.add(seat.pk)
        found.append((place.pk, seat.pk))
    return found
