"""Who was together with the citizen, and when: bridges, joined through pairs of local channels, cut into stretches."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from huying.calls.rules.fold.channels import Channel, Stream, span_at

SETTLING = timedelta(milliseconds=200)
"""A bridge fills and empties one channel at a time; alone in it for less is nobody's hold."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `since` to `until` the citizen could hear these parties; `held`: music instead; `alone`: in a bridge with nobody."""

    since: datetime
    until: datetime
    with_: frozenset[str]
    held: frozenset[str]
    alone: bool

    @property
    def talking(self) -> frozenset[str]:
        return self.with_ - self.held

    @property
    def ms(self) -> int:
        return milliseconds(self.since, self.until)


def milliseconds(since: datetime, until: datetime) -> int:
    return round((until - since) / timedelta(milliseconds=1))


def stretches(stream: Stream, citizen: Channel) -> list[Stretch]:
    """In order, without gaps inside the citizen's stays."""
    if not citizen.stays:
        return []
    moments = sorted({at for channel in stream.channels.values() for at in _moments(channel, stream.last)})
    return [_stretch(stream, citizen, since, until) for since, until in _inside(moments, citizen, stream.last)]


def _moments(channel: Channel, last: datetime) -> Iterator[datetime]:
    for span in (*channel.stays, *channel.holds, *channel.music):
        yield span.since
        yield span.until or last


def _inside(moments: list[datetime], citizen: Channel, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    for stay in citizen.stays:
        until = stay.until or last
        place = bisect_right(moments, stay.since)
        since = stay.since
        while since < until:
            following = moments[place]
            yield since, following
            since, place = following, place + 1
        if stay.until is None:
            yield until, until  # whoever entered this very moment: nothing later is known yet


def _stretch(stream: Stream, citizen: Channel, since: datetime, until: datetime) -> Stretch:
    where = {key: span.name for key, channel in stream.channels.items() if (span := span_at(channel.stays, since))}
    room = _joined(stream, where, where[citizen.uniqueid])
    with_ = frozenset(
        key for key, name in where.items()
        if name in room and key != citizen.uniqueid and stream.channels[key].is_party and not stream.channels[key].is_spy
    )
    held = frozenset(key for key in with_ if span_at(stream.channels[key].holds, since))
    if span_at(citizen.music, since):
        held = with_
    return Stretch(since, until, with_, held, not with_)


def _joined(stream: Stream, where: dict[str, str], start: str) -> set[str]:
    """The bridges that hear each other: the two halves of a local channel carry sound between theirs."""
    halves: dict[str, set[str]] = {}
    for key, name in where.items():
        if stream.channels[key].is_local:
            halves.setdefault(stream.channels[key].name.rpartition(";")[0], set()).add(name)
    joined, grown = {start}, True
    while grown:
        grown = False
        for pair in halves.values():
            if pair & joined and not pair <= joined:
                joined |= pair
                grown = True
    return joined


@dataclass(frozen=True, slots=True)
class Shares:
    """How the time since the answer was spent, in milliseconds; `by_leg` is each party's talk with the citizen."""

    talk: int
    hold: int
    by_leg: dict[str, int]


def shares(rows: list[Stretch], stream: Stream, since: datetime | None, until: datetime) -> Shares:
    """Talk is time in which at least one party hears the citizen. Hold is time in which all of them have put him on
    hold, or in which he is left alone in the bridge while somebody who had talked to him is still there."""
    talk, hold, by_leg = 0, 0, {}  # type: int, int, dict[str, int]
    met: set[str] = set()
    for row in rows:
        met |= row.with_
        length = milliseconds(max(row.since, since), min(row.until, until)) if since else 0
        if length <= 0:
            continue
        if row.talking:
            talk += length
        elif row.with_ or (row.until - row.since >= SETTLING and _somebody_left(stream, met, row)):
            hold += length
        for key in row.talking:
            by_leg[key] = by_leg.get(key, 0) + length
    return Shares(talk, hold, by_leg)


def _somebody_left(stream: Stream, met: set[str], row: Stretch) -> bool:
    alive = (stream.channels[key].ended for key in met)
    return any(ended is None or ended >= row.until for ended in alive)
