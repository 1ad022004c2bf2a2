"""One happening on one channel, as Asterisk's channel event log (CEL) tells it: the ground of every fact about a call.

The file `FILE` holds every happening with microseconds and all fields, written at once and by Asterisk alone: it is
the source of facts, read as it grows (`split`) and again after an outage. The manager interface sends the same
happenings as "CEL" events, but cuts the time to the second and leaves out which stream it was (Asterisk has no setting
for it): `from_ami` gives the same record save for that, equal to `from_csv(…).coarse()`. It serves to know at once that
something happened; what happened is then read from the file.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from hashlib import blake2b
from typing import Any

FILE = "log/cel.csv"
USER = "USER_DEFINED"
FIELDS = {  # column of the file -> what cel_custom.conf calls it
    "kind": "${eventenum}",
    "user_event": "${userdeftype}",
    "at": "${eventtime}",
    "linkedid": "${CHANNEL(linkedid)}",
    "uniqueid": "${CHANNEL(uniqueid)}",
    "channel": "${CHANNEL(channame)}",
    "peer": "${BRIDGEPEER}",
    "app": "${CHANNEL(appname)}",
    "app_data": "${CHANNEL(appdata)}",
    "cid_num": "${CALLERID(num)}",
    "exten": "${CHANNEL(exten)}",
    "context": "${CHANNEL(context)}",
    "extra": "${eventextra}",
}
AMI = {
    "linkedid": "LinkedID", "uniqueid": "UniqueID", "channel": "Channel", "peer": "Peer", "app": "Application",
    "app_data": "AppData", "cid_num": "CallerIDnum", "exten": "Exten", "context": "Context",
}
LONGEST = 64 * 1024  # bytes of one record; more is no record of Asterisk's
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotARecord(ValueError):
    """Bytes that Asterisk did not write as a record."""


@dataclass(frozen=True)
class Record:
    at: datetime  # aware, microseconds
    linkedid: str  # the call
    uniqueid: str  # the channel's
    kind: str  # CHAN_START, ANSWER, BRIDGE_ENTER, … or USER_DEFINED
    channel: str
    peer: str = ""  # names of the channels in the same bridge, by commas
    app: str = ""
    app_data: str = ""
    cid_num: str = ""
    exten: str = ""
    context: str = ""
    user_event: str = ""  # ENTER, QUEUE, … when kind is USER_DEFINED; MOH_STREAM_BEGIN, FILE_STREAM_END, …
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def node(self) -> str:
        """Which node of the switch wrote it."""
        return node_of(self.uniqueid)

    @property
    def data(self) -> str:
        """What a user event says."""
        return str(self.extra.get("extra", ""))

    @cached_property
    def key(self) -> str:
        """The same for the same happening, however often it is read: 32 hexadecimal digits."""
        parts = [
            self.at.astimezone(UTC).isoformat(), self.linkedid, self.uniqueid, self.kind, self.user_event, self.channel,
            self.peer, self.app, self.app_data, json.dumps(self.extra, sort_keys=True, ensure_ascii=True),
        ]
        return blake2b("\x1f".join(parts).encode(errors="backslashreplace"), digest_size=16).hexdigest()

    def coarse(self) -> "Record":
        """As the manager interface tells it: whole seconds, streams without a name."""
        return replace(self, at=self.at.replace(microsecond=0), user_event=self.user_event if self.kind == USER else "")


def node_of(uniqueid: str) -> str:
    """The node (`Plan.node`) in the name of a channel or a call ("hy-1764139204.17"); "" where none is named."""
    return uniqueid.rpartition("-")[0]


def from_csv(line: str | bytes) -> Record:
    """Read one record as the file holds it. Raises NotARecord."""
    text = _text(line) if isinstance(line, bytes) else line
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise NotARecord(str(error)) from error
    if len(rows) != 1 or len(rows[0]) != len(FIELDS):
        raise NotARecord(f"{len(rows)} rows, {len(rows[0]) if rows else 0} columns")
    values = dict(zip(FIELDS, rows[0], strict=True))
    return _record(values, _moment(values["at"]))


def from_ami(event: Mapping[str, str], zone: tzinfo = UTC) -> Record:
    """Read a "CEL" event; `zone` is that of Asterisk's machine (/etc/localtime; TZ does not count). Raises NotARecord."""
    values = {name: event.get(header, "") for name, header in AMI.items()}
    values["kind"] = event.get("EventName", "")
    values["user_event"] = event.get("UserDefType", "")
    values["extra"] = event.get("Extra", "")
    try:
        at = datetime.strptime(event.get("EventTime", ""), "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError as error:
        raise NotARecord(str(error)) from error
    return _record(values, at.astimezone(UTC))


def split(data: bytes) -> tuple[list[bytes], int]:
    """Cut what a growing file holds into records; returns them and how many bytes they took.

    A quoted value may hold line ends. What is left over is the beginning of a record not yet wholly written; should
    it be longer than any record is, a damaged line is given up at its line end.
    """
    lines, start, inside, at = [], 0, False, 0
    while (end := data.find(b"\n", at)) >= 0:
        inside ^= bool(data.count(b'"', at, end) % 2)
        at = end + 1
        if inside and at - start > LONGEST:
            at, inside = data.find(b"\n", start) + 1, False
        if not inside:
            lines.append(data[start:at])
            start = at
    return lines, start


def _record(values: Mapping[str, str], at: datetime) -> Record:
    if not values["linkedid"] or not values["uniqueid"] or not values["kind"]:
        raise NotARecord("no channel or no kind")
    rest = {name: values[name] for name in AMI}
    return Record(at=at, kind=values["kind"], user_event=values["user_event"], extra=_extra(values["extra"]), **rest)


def _extra(text: str) -> dict[str, Any]:
    """CEL writes an object here, or nothing; anything else is kept as it is."""
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return {"extra": text}
    return found if isinstance(found, dict) else {"extra": text}


def _moment(text: str) -> datetime:
    seconds, _, micro = text.partition(".")
    if not (seconds.isascii() and seconds.isdigit() and micro.isascii() and micro.isdigit() and len(micro) == 6):
        raise NotARecord(f"time {text[:40]!r}")
    try:
        return EPOCH + timedelta(seconds=int(seconds), microseconds=int(micro))
    except OverflowError as error:
        raise NotARecord(f"time {text[:40]!r}") from error


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace")
