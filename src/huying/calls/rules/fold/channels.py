"""Records put in order and gathered by channel: when it began, answered, was in which bridge, held, and ended."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from huying.kernel.clock import to_milliseconds
from huying.switch.records import USER, Record

PHONE = re.compile(r"PJSIP/(\d{3,8})-[0-9a-f]{6,}")
TRUNK = re.compile(r"PJSIP/(.+)-[0-9a-f]{6,}")
NAME = re.compile(r"(\d{1,12})\.(\d{1,12})$")
RESTART = "SWITCH_START"
PART = "PART"
"""Says which call a channel is a part of, perhaps before the channel begins; nothing that happens on it."""
HOLD, UNHOLD = "HOLD", "UNHOLD"
MUSIC, MUSIC_ENDS = "MOH_STREAM_BEGIN", "MOH_STREAM_END"
MOVES = {"BLINDTRANSFER": "blind", "ATTENDEDTRANSFER": "attended"}
JOINED = "JOINED"
"""What the switch tells as an attended transfer when whoever asked stays with both: three talk."""
STAYS = timedelta(milliseconds=500)
ORDER = {RESTART: 9, "CHAN_START": 0, "BRIDGE_EXIT": 4, "HANGUP": 5, "CHAN_END": 6, "LINKEDID_END": 7}
"""Of records of the very same microsecond; whatever else, between a channel's start and its end."""


@dataclass(slots=True)
class Span:
    """From `since` until `until`, None while it lasts; `name` is the bridge's."""

    since: datetime
    until: datetime | None = None
    name: str = ""


def span_at(spans: list[Span], moment: datetime) -> Span | None:
    """The one that was going on at that moment."""
    return next((span for span in spans if span.since <= moment and (span.until is None or moment < span.until)), None)


@dataclass(slots=True)
class Channel:
    uniqueid: str
    name: str
    began: datetime
    number: str = ""
    exten: str = ""
    context: str = ""
    dialled: bool = False  # by the switch: it has no place in the dialplan of its own when it begins
    answered: datetime | None = None
    ended: datetime | None = None
    cause: int = 0
    source: str = ""
    apps: set[str] = field(default_factory=set)
    stays: list[Span] = field(default_factory=list)
    holds: list[Span] = field(default_factory=list)  # the other side was put on hold by this one
    music: list[Span] = field(default_factory=list)  # this one hears music in the middle of a talk

    @property
    def extension(self) -> str:
        """Of a seat's telephone, "" for anything else."""
        found = PHONE.fullmatch(self.name)
        return found[1] if found else ""

    @property
    def trunk(self) -> str:
        found = TRUNK.fullmatch(self.name)
        return found[1].removeprefix("trunk-") if found and not self.extension else ""

    @property
    def is_local(self) -> bool:
        """One half of a pair of channels inside the switch; nobody sits at it."""
        return self.name.startswith("Local/")

    @property
    def is_party(self) -> bool:
        """A telephone or a line with somebody at it."""
        return self.name.startswith("PJSIP/")

    @property
    def is_spy(self) -> bool:
        return "ChanSpy" in self.apps or self.context == "spy"

    def open(self, spans: list[Span]) -> Span | None:
        return spans[-1] if spans and spans[-1].until is None else None

    def end(self, at: datetime) -> None:
        self.ended = self.ended or at
        for span in (*self.stays, *self.holds, *self.music):
            span.until = span.until or at


@dataclass(frozen=True, slots=True)
class Said:
    """A user event of the dialplan, a transfer, a hold: what is told of the call's course."""

    at: datetime
    uniqueid: str
    event: str
    text: str


@dataclass(slots=True)
class Stream:
    """All that the records say. `last` is the newest record's moment; `restart`, when the switch was gone."""

    linkedid: str
    channels: dict[str, Channel]
    said: list[Said]
    last: datetime
    restart: datetime | None = None

    def named(self, name: str) -> Channel | None:
        return next((channel for channel in self.channels.values() if channel.name == name), None)


def oldest(names: Iterable[str]) -> str:
    """The name a call goes by once its parts have met: that of its oldest channel ("1764139204.17", perhaps "node-…")."""

    def age(name: str) -> tuple[int, int, str]:
        found = NAME.search(name)
        return (int(found[1]), int(found[2]), name) if found else (10**12, 0, name)

    return min(names, key=age)


def in_order(records: Iterable[Record]) -> list[Record]:
    """Each once, by time; the key decides between records of one microsecond that nothing else sets apart."""
    once = {record.key: record for record in records}
    rows = sorted(once.items(), key=lambda item: (item[1].at, ORDER.get(item[1].kind, 2), item[1].uniqueid, item[0]))
    return [row for _, row in rows]


def clean(text: str) -> str:
    """Without what a database cannot keep: NUL, and halves of characters (a record is whatever a stranger sent)."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def read(records: list[Record]) -> Stream | None:
    """Gather what is `in_order`; None when no channel is among it."""
    rows = [row for row in records if row.kind != RESTART and row.user_event != PART]
    if not rows:
        return None
    stream = Stream(oldest(row.linkedid for row in rows), {}, [], to_milliseconds(rows[-1].at))
    for row in rows:
        _take(stream, row, to_milliseconds(row.at))
    stream.said = [_joined(stream, said) for said in stream.said]
    first = to_milliseconds(rows[0].at)
    stream.restart = next((_lost_at(row) for row in records if row.kind == RESTART and row.at >= first), None)
    return stream


def _joined(stream: Stream, said: Said) -> Said:
    """Who lets a call go leaves the citizen's bridge within milliseconds, or asked on another line and was not in it."""
    first = stream.channels.get(stream.linkedid)
    if said.event != "ATTENDEDTRANSFER" or first is None:
        return said
    stay, citizens = (span_at(channel.stays, said.at) for channel in (stream.channels[said.uniqueid], first))
    if stay is None or citizens is None or stay.name != citizens.name:
        return said
    stays = stay.until is None or stay.until - said.at >= STAYS
    return Said(said.at, said.uniqueid, JOINED, "") if stays else said


def _lost_at(row: Record) -> datetime:
    """When the switch was gone, where it is known, else when it was there again."""
    try:
        told = datetime.fromisoformat(str(row.extra.get("down_at", "")))
    except ValueError:
        return to_milliseconds(row.at)
    return to_milliseconds(min(told, row.at)) if told.tzinfo else to_milliseconds(row.at)


def _take(stream: Stream, row: Record, at: datetime) -> None:
    channel = stream.channels.get(row.uniqueid)
    if channel is None:
        channel = stream.channels[row.uniqueid] = Channel(row.uniqueid, clean(row.channel), at, context=row.context)
        channel.dialled = row.kind == "CHAN_START" and not row.app and row.exten in {"", "s"}
    if not channel.is_party and row.channel.startswith("PJSIP/"):
        channel.name = row.channel  # a masqueraded name gives way to the real one
    if not channel.number or row.user_event == "ENTER":  # on entering the dialplan has tidied it
        channel.number = clean(row.cid_num) or channel.number
    channel.exten = channel.exten or clean(row.exten)
    if row.app and row.kind != "CHAN_START":
        channel.apps.add(row.app)
    if row.kind == USER:
        stream.said.append(Said(at, row.uniqueid, row.user_event, clean(row.data)))
    elif row.kind in MOVES:
        stream.said.append(Said(at, row.uniqueid, row.kind, clean(str(row.extra.get("extension", "")))))
    else:
        _happen(stream, channel, row, at)


def _happen(stream: Stream, channel: Channel, row: Record, at: datetime) -> None:
    if row.kind == "ANSWER":
        channel.answered = channel.answered or at
    elif row.kind in {"BRIDGE_ENTER", "BRIDGE_EXIT"}:
        _move(channel, row, at)
    elif row.kind in {HOLD, UNHOLD}:
        _hold(stream, channel, row.kind, at)
    elif row.kind in {"STREAM_BEGIN", "STREAM_END"}:
        _hear(channel, row.user_event, at)
    elif row.kind in {"HANGUP", "CHAN_END"}:
        if row.kind == "HANGUP" and channel.ended is None:
            channel.cause, channel.source = _cause(row), str(row.extra.get("hangupsource") or "")
        channel.end(at)


def _move(channel: Channel, row: Record, at: datetime) -> None:
    for span in (channel.open(channel.stays), channel.open(channel.music)):
        if span:
            span.until = at
    if row.kind == "BRIDGE_ENTER" and channel.ended is None:
        channel.stays.append(Span(at, name=str(row.extra.get("bridge_id", ""))))


def _hold(stream: Stream, channel: Channel, kind: str, at: datetime) -> None:
    held = channel.open(channel.holds)
    if kind == HOLD and held is None and channel.ended is None:
        channel.holds.append(Span(at))
        stream.said.append(Said(at, channel.uniqueid, HOLD, ""))
    elif kind == UNHOLD and held:
        held.until = at
        stream.said.append(Said(at, channel.uniqueid, UNHOLD, ""))


def _hear(channel: Channel, what: str, at: datetime) -> None:
    """Music that begins in a bridge is hold; in a queue it is waiting."""
    playing = channel.open(channel.music)
    if what == MUSIC and playing is None and channel.open(channel.stays) and channel.ended is None:
        channel.music.append(Span(at))
    elif what == MUSIC_ENDS and playing:
        playing.until = at


def _cause(row: Record) -> int:
    try:
        return max(0, min(int(row.extra.get("hangupcause", 0)), 32767))
    except (TypeError, ValueError):
        return 0
