"""What the switch's records say of the telephones of seats: it rings, is answered, missed, hung up. Pure.

    legs = Legs()
    for event in legs.take(records): …      # in the order of the records
    legs.of("8001")                          # what is going on at that telephone now
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from huying.switch.records import Record

SEAT = re.compile(r"PJSIP/(\d{3,8})-[0-9a-f]{6,}")
DECLINED = {17, 21, 22}  # Q.850: busy, rejected, changed: how a telephone says no
AT_ONCE = timedelta(milliseconds=300)
"""A caller who gives up, or another telephone that is quicker, ends the ringing in the same breath."""

RESTART = "SWITCH_START"


@dataclass(slots=True)
class Leg:
    """One channel of a seat's telephone. `rung`: the switch called it; else its person dialled."""

    uniqueid: str
    channel: str
    linkedid: str
    rung: bool
    answered: bool = False
    spies: bool = False

    @property
    def extension(self) -> str:
        found = SEAT.fullmatch(self.channel)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class SeatEvent:
    """`event` is one of calls.workflow's."""

    extension: str
    event: str
    at: datetime
    linkedid: str


@dataclass(slots=True)
class Legs:
    """`dialled` keeps how the switch's dialling of a channel ended, told on the manager interface before its hangup; `over`
    which channels have ended since somebody began to compare us with the switch (None: nobody does)."""

    legs: dict[str, Leg] = field(default_factory=dict)
    dialled: dict[str, str] = field(default_factory=dict)
    over: set[str] | None = None

    def of(self, extension: str) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.extension == extension]

    def busy(self, extension: str) -> bool:
        """Whether somebody speaks (or dials) there; ringing alone is not."""
        return any(leg.answered or not leg.rung for leg in self.of(extension))

    def by_telephone(self) -> tuple[set[str], set[str]]:
        """The extensions at which somebody speaks, and those that only ring."""
        extensions = {leg.extension for leg in self.legs.values()}
        talking = {extension for extension in extensions if self.busy(extension)}
        return talking, extensions - talking

    def seed(self, leg: Leg) -> None:
        """One that was there before we were."""
        if leg.extension:
            self.legs.setdefault(leg.uniqueid, leg)

    def dial_ended(self, uniqueid: str, status: str) -> None:
        """A queue says CANCEL of all that it lets go; that its member let it ring it says before (NOANSWER)."""
        if self.dialled.get(uniqueid) != "NOANSWER":
            self.dialled[uniqueid] = status

    def take(self, records: Sequence[Record]) -> list[SeatEvent]:
        found: list[SeatEvent] = []
        for record in records:
            if record.kind == RESTART:
                found += self.lost(record.at, [name for name in self.legs if not _older(name, record.at)])
            elif match := SEAT.fullmatch(record.channel):
                found += self._one(match[1], record, records)
        return found

    def lost(self, at: datetime, alive: Iterable[str] = ()) -> list[SeatEvent]:
        """All legs but those `alive` are gone without a word of it."""
        gone = [leg for leg in self.legs.values() if leg.uniqueid not in set(alive)]
        return [event for leg in gone for event in self._ended(leg, at, "cancelled")]

    def _one(self, extension: str, record: Record, records: Sequence[Record]) -> list[SeatEvent]:
        leg = self.legs.get(record.uniqueid)
        if self.over is not None and record.kind == "HANGUP":
            self.over.add(record.uniqueid)
        if record.kind == "CHAN_START":
            return self._begun(extension, record)
        if leg is None:
            return self._stray(extension, record)
        leg.spies = leg.spies or "ChanSpy" in record.app or record.context == "spy"
        if record.kind == "ANSWER" and leg.rung and not leg.answered:
            leg.answered, leg.linkedid = True, record.linkedid
            return [SeatEvent(extension, "answered", record.at, record.linkedid)]
        if record.kind == "BRIDGE_ENTER" and leg.linkedid != record.linkedid:
            leg.linkedid = record.linkedid  # a consultation became part of the citizen's call
            return [SeatEvent(extension, "answered", record.at, record.linkedid)]
        if record.kind in {"HANGUP", "CHAN_END"}:
            return self._ended(leg, record.at, self._why(leg, record, records))
        return []

    def _begun(self, extension: str, record: Record) -> list[SeatEvent]:
        rung = not record.app and record.exten in {"", "s"}
        if record.uniqueid in self.legs:
            return []
        self.legs[record.uniqueid] = Leg(record.uniqueid, record.channel, record.linkedid, rung)
        return [SeatEvent(extension, "rings" if rung else "answered", record.at, record.linkedid)]

    def _stray(self, extension: str, record: Record) -> list[SeatEvent]:
        """A leg whose beginning we never saw; its end is the end of what its person was doing."""
        if record.kind == "HANGUP" and not self.of(extension):
            return [SeatEvent(extension, "hung_up", record.at, record.linkedid)]
        return []

    def _ended(self, leg: Leg, at: datetime, why: str) -> list[SeatEvent]:
        self.legs.pop(leg.uniqueid, None)
        self.dialled.pop(leg.uniqueid, None)
        talked = leg.answered or not leg.rung
        others = [other for other in self.of(leg.extension) if other.answered or not other.rung]
        if others:
            return []  # still talking on another line of the same telephone
        if not talked:
            return [SeatEvent(leg.extension, why, at, leg.linkedid)]
        found = [SeatEvent(leg.extension, "hung_up", at, leg.linkedid)]
        if leg.spies:
            found.append(SeatEvent(leg.extension, "finish", at, leg.linkedid))  # nothing to write up
        return found

    def _why(self, leg: Leg, record: Record, records: Sequence[Record]) -> str:
        """Of a telephone that rang and was not answered."""
        status = self.dialled.get(leg.uniqueid, "")
        if _cause(record) in DECLINED or status == "BUSY":
            return "refused"
        if not status and record.extra.get("hangupsource") == leg.channel:
            return "missed"  # it let go by itself, and whoever called it with it
        if status == "CANCEL" or (not status and any(_took_it_away(other, leg, record.at) for other in records)):
            return "cancelled"
        return "missed"  # cause 26 says nothing: a queue ends all its ringing with it


def _older(uniqueid: str, at: datetime) -> bool:
    """Whether a channel began before `at`: its name is the second of its beginning and a number."""
    second = uniqueid.rpartition("-")[2].partition(".")[0]
    return not second.isdigit() or int(second) < int(at.timestamp())


def _took_it_away(other: Record, leg: Leg, at: datetime) -> bool:
    if other.linkedid != leg.linkedid or other.uniqueid == leg.uniqueid or abs(other.at - at) > AT_ONCE:
        return False
    return other.kind == "ANSWER" or (other.kind == "HANGUP" and other.uniqueid == leg.linkedid)


def _cause(record: Record) -> int:
    try:
        return int(record.extra.get("hangupcause", 0))
    except (TypeError, ValueError):
        return 0
