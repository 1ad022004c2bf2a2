"""The switch's record file, read as it grows; and a small file of our own for what Asterisk does not write there.

Holding is told on the manager interface only. We append it to `log/holds.csv` in the same form, so that whoever reads
the files again gets the whole story.
"""

import csv
import io
import json
import os
from dataclasses import dataclass
from pathlib import Path

from huying.switch.records import FIELDS, FILE, NotARecord, Record, from_csv, split

HOLDS = "log/holds.csv"
MOST = 2 * 2**20  # bytes taken at once


@dataclass(frozen=True, slots=True)
class Place:
    """How far the file has been taken in. `id` tells one file from its successor."""

    id: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Portion:
    records: list[Record]
    place: Place
    damaged: int  # lines that are no records
    more: bool  # there is more to read at once


def read(folder: Path, place: Place) -> Portion:
    """What stands after `place`. A file that was rotated away is read to its end first, then its successor; one that
    is shorter than it was (truncated) is read from its beginning."""
    path = folder / FILE
    now = _identity(path)
    if place.id and now != place.id and (old := _rotated(path, place.id)):
        portion = _portion(old, place)
        if portion.place != place:
            return Portion(portion.records, portion.place, portion.damaged, more=True)
    if now is None:
        return Portion([], place, 0, more=False)
    offset = place.offset if place.id == now and path.stat().st_size >= place.offset else 0
    return _portion(path, Place(now, offset))


def end(folder: Path) -> Place:
    """Behind everything there is."""
    path = folder / FILE
    found = _identity(path)
    return Place(found, path.stat().st_size) if found else Place()


def keep(folder: Path, record: Record) -> None:
    """Append a record of ours (a hold, a restart); on the disk when this returns."""
    values = {
        "kind": record.kind, "user_event": record.user_event, "linkedid": record.linkedid, "uniqueid": record.uniqueid,
        "at": f"{int(record.at.timestamp())}.{record.at.microsecond:06d}", "channel": record.channel,
        "extra": json.dumps(dict(record.extra), sort_keys=True) if record.extra else "",
    }
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([values.get(name, "") for name in FIELDS])
    with (folder / HOLDS).open("ab") as file:
        file.write(line.getvalue().encode())
        file.flush()
        os.fsync(file.fileno())


def kept(folder: Path) -> list[Record]:
    """All records of ours."""
    path = folder / HOLDS
    return _records(split(path.read_bytes())[0])[0] if path.exists() else []


def _portion(path: Path, place: Place) -> Portion:
    with path.open("rb") as file:
        file.seek(place.offset)
        data = file.read(MOST)
    lines, taken = split(data)
    records, damaged = _records(lines)
    return Portion(records, Place(place.id, place.offset + taken), damaged, more=taken > 0 and len(data) == MOST)


def _records(lines: list[bytes]) -> tuple[list[Record], int]:
    found, damaged = [], 0
    for line in lines:
        try:
            found.append(from_csv(line))
        except NotARecord:
            damaged += 1
    return found, damaged


def _identity(path: Path) -> str | None:
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return f"{about.st_dev:x}-{about.st_ino:x}"


def _rotated(path: Path, identity: str) -> Path | None:
    """Where logrotate put the file that we had begun with: cel.csv.1, cel.csv-20261126 …"""
    return next((one for one in path.parent.glob(f"{path.name}?*") if _identity(one) == identity), None)
