"""The switch's records as rows and back."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

import structlog
from django.db import connection

from huying.calls.models import SwitchRecord
from huying.calls.rules.fold.channels import PART, RESTART, clean
from huying.switch.records import USER, Record

log = structlog.get_logger("huying.calls.records")
LONGEST = 60
COLUMNS = tuple(field.name for field in fields(Record))
BRIDGED = {"BRIDGE_ENTER", "BRIDGE_EXIT"}
KIN = """
    SELECT mine.name, other.linkedid
    FROM unnest(%s::varchar[]) AS mine(name) CROSS JOIN LATERAL (
        SELECT linkedid FROM calls_switchrecord
        WHERE uniqueid = ANY (ARRAY(SELECT DISTINCT uniqueid FROM calls_switchrecord WHERE linkedid = mine.name AND uniqueid <> ''))
        UNION
        SELECT linkedid FROM calls_switchrecord
        WHERE bridge <> '' AND bridge = ANY (ARRAY(
            SELECT DISTINCT bridge FROM calls_switchrecord WHERE linkedid = mine.name AND bridge <> '' AND uniqueid <> ''))
    ) AS other
    WHERE other.linkedid NOT IN ('', mine.name)
"""
"""Arrays, and no recursion: the planner thinks of a recursive union as of a million rows, whose table alone took 15 ms."""


def known_keys(records: Iterable[Record]) -> set[str]:
    """Which of these are kept already."""
    keys = [bytes.fromhex(record.key) for record in records]
    return {bytes(key).hex() for key in SwitchRecord.objects.filter(key__in=keys).values_list("key", flat=True)}


def name_of(record: Record) -> str:
    """The call's name, "" for one that no switch would give. What says that it is PART of another call is filed with that one,
    and makes both a family by the channel that said it."""
    name = clean(record.data if record.kind == USER and record.user_event == PART else record.linkedid)
    return name if len(name) <= LONGEST else ""


def as_row(record: Record) -> SwitchRecord | None:
    """The row to be inserted; None, on record, for names no switch would give."""
    names = [clean(name) for name in (record.linkedid, record.uniqueid)]
    if max(map(len, names)) > LONGEST or len(record.kind) > 20:
        log.warning("odd_record", kind=record.kind[:20])
        return None
    body = {name: getattr(record, name) for name in COLUMNS} | {"at": record.at.isoformat()}
    return SwitchRecord(
        key=bytes.fromhex(record.key), linkedid="" if record.kind == RESTART else name_of(record), uniqueid=names[1],
        bridge=clean(str(record.extra.get("bridge_id") or ""))[:LONGEST] if record.kind in BRIDGED else "",
        kind=clean(record.kind), at=record.at, body=json.dumps(body, separators=(",", ":")),
    )


def as_record(row: SwitchRecord) -> Record:
    body = json.loads(row.body)
    return Record(**{**body, "at": datetime.fromisoformat(body["at"])})


def families(linkedids: Iterable[str]) -> list[list[str]]:
    """Calls that share a channel, or whose channels met in a bridge (a conference), each family once."""
    fresh = set(linkedids)
    family = {name: {name} for name in fresh}
    with connection.cursor() as cursor:
        while fresh:
            cursor.execute(KIN, [sorted(fresh)])
            pairs = cursor.fetchall()
            fresh = {other for _, other in pairs} - set(family)
            family |= {name: {name} for name in fresh}
            for one, other in pairs:
                joined = family[one] | family[other]
                family |= dict.fromkeys(joined, joined)
    return [list(names) for names in sorted({tuple(sorted(names)) for names in family.values()})]


def records_of(linkedids: Sequence[str]) -> list[Record]:
    return records_by_family([linkedids])[0]


def records_by_family(every: Sequence[Sequence[str]]) -> list[list[Record]]:
    """The records of each of these families, in their order."""
    place = {name: number for number, family in enumerate(every) for name in family}
    found: list[list[Record]] = [[] for _ in every]
    for row in SwitchRecord.objects.filter(linkedid__in=place).order_by("at", "id"):
        found[place[row.linkedid]].append(as_record(row))
    return found


def restarts_of_the_switch() -> list[Record]:
    """Every time the switch came back, the first first."""
    return [as_record(row) for row in SwitchRecord.objects.filter(linkedid="", kind=RESTART).order_by("at")]


def newest_calls(records: int) -> set[str]:
    """Names of the calls that the newest `records` tell of."""
    return set(SwitchRecord.objects.order_by("-id").values_list("linkedid", flat=True)[:records]) - {""}
