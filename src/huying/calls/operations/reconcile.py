"""The switch's own files read again, and the rows made equal to what they say (issue 3, section 5)."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from huying.audit.queries import ALL, tenant_scope
from huying.calls.models import Call
from huying.calls.operations.save_call import LEG_COLUMNS, SAME, Surroundings
from huying.calls.operations.take_in import BATCH, keep, refold
from huying.calls.queries.records import name_of
from huying.calls.queries.switch import of_own_node
from huying.calls.rules.fold.channels import RESTART
from huying.kernel.errors import Refusal
from huying.switch.records import NotARecord, Record, from_csv, split

FILES = ("log/cel.csv*", "log/holds.csv*")
LONGEST_CALL = timedelta(hours=5)  # the switch itself ends a call after four
CHUNK = 4 * 2**20
COLUMNS = (*SAME, "group_id", "agent_id", "last_agent_id", "caller_id", "milestones")


class NoFiles(Refusal):
    code = "no_switch_files"


@dataclass(slots=True)
class Report:
    """`calls` of the period, those whose rows were `equal` before, those `repaired`; what differed, call by call."""

    calls: int = 0
    equal: int = 0
    repaired: int = 0
    damaged_lines: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)


def reconcile(folder: Path, since: datetime, until: datetime) -> Report:
    """Calls that entered from `since` until before `until`. `folder` is HUYING_DATA/switch. Raises NoFiles."""
    report = Report()
    with tenant_scope(ALL):
        begun: dict[str, datetime] = {}
        batch: list[Record] = []
        before: dict[str, dict[str, Any]] = rows_between(since, until)
        for record in read(folder, since, until, report):
            if record.kind != RESTART and name_of(record):
                begun[record.linkedid] = min(record.at, begun.get(record.linkedid, record.at))
            batch.append(record)
            if len(batch) >= BATCH:
                keep(batch)
                batch.clear()
        keep(batch)
        names = sorted(name for name, at in begun.items() if since <= at < until)
        for start in range(0, len(names), 200):
            _compare(names[start : start + 200], before, report)
        for name in sorted(set(before) - set(begun)):
            report.calls += 1
            report.differences.append({"call": name, "fields": ["not_in_files"], "repaired": False})
    return report


def _compare(names: list[str], before: dict[str, dict[str, Any]], report: Report) -> None:
    around = Surroundings()
    refold(names, around=around)
    after = rows_of(names)
    for name in names:
        old, new = before.get(name, {}), after.get(name, {})
        if name in around.failed:
            report.calls += 1
            report.differences.append({"call": name, "fields": ["not_saved"], "repaired": False})
        elif old or new:  # else a listener's, of no centre of ours, or part of another call as it should be
            report.calls += 1
            _tell(name, old, new, report)


def _tell(name: str, old: dict[str, Any], new: dict[str, Any], report: Report) -> None:
    if old == new:
        report.equal += 1
        return
    changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key)) if old and new else ["row"]
    report.repaired += 1
    report.differences.append({"call": name, "fields": changed, "repaired": True})


def rows_between(since: datetime, until: datetime) -> dict[str, dict[str, Any]]:
    """Of this machine's node, whose files are read."""
    rows = Call.objects.filter(of_own_node(), source="switch", entered_at__gte=since, entered_at__lt=until)
    return {call.linkedid: shape(call) for call in rows.prefetch_related("legs")}


def rows_of(names: list[str]) -> dict[str, dict[str, Any]]:
    return {call.linkedid: shape(call) for call in Call.objects.filter(linkedid__in=names).prefetch_related("legs")}


def shape(call: Call) -> dict[str, Any]:
    """All that the fold decides; legs by channel."""
    legs = {leg.uniqueid: [getattr(leg, name) for name in LEG_COLUMNS] for leg in call.legs.all()}
    return {**{name: getattr(call, name) for name in COLUMNS}, "legs": legs}


def read(folder: Path, since: datetime, until: datetime, report: Report) -> Iterator[Record]:
    """Every record of the files, rotated ones too, that may belong to a call of the period."""
    paths = sorted({path for pattern in FILES for path in folder.glob(pattern)})
    if not paths:
        raise NoFiles(f"“{folder}”里没有交换机的话务记录文件（log/cel.csv）")
    low, high = since - LONGEST_CALL, until + LONGEST_CALL
    for path in paths:
        for line in _lines(path):
            try:
                record = from_csv(line)
            except NotARecord:
                report.damaged_lines += 1
                continue
            if low <= record.at < high:
                yield record


def _lines(path: Path) -> Iterator[bytes]:
    """Of a file of any size; also of one that logrotate has packed."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        rest = b""
        while data := file.read(CHUNK):
            lines, taken = split(rest + data)
            rest = (rest + data)[taken:]
            yield from lines
