"""A call log of another system brought in: rows once, however often the file is read (R013)."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from huying.calls.models import Call, Leg, SkillGroup
from huying.calls.queries.trials import trials
from huying.calls.rules.call_log import BadMapping, BadRow, LoggedCall, LogMap, missing_columns, parse_row
from huying.calls.rules.fold import FOLD_VERSION
from huying.citizens.fields import blind_index
from huying.kernel.phones import normalise_phone
from huying.org.models import Centre, Staff

BATCH = 1000
Row = dict[str, str | None]


@dataclass(slots=True)
class Counts:
    read: int = 0
    created: int = 0
    known: int = 0
    rejected: int = 0


def import_log(
    *, centre: Centre, path: Path, mapping: LogMap, rejects: Path, progress: Callable[[Counts], None] = lambda counts: None
) -> Counts:
    """Run under scope ALL. Rejected rows go into `rejects` with their reasons. Raises BadMapping."""
    counts, refused = Counts(), []
    around = Around(centre, mapping)
    for numbered in batches(path, mapping):
        good: dict[str, LoggedCall] = {}
        for number, row in numbered:
            counts.read += 1
            try:
                call = parse_row(mapping, row)
            except BadRow as fault:
                refused.append((number, str(fault), row))
                continue
            good[call.linkedid] = call
        _write(around, good, counts)
        progress(counts)
    counts.rejected = len(refused)
    if refused:
        _write_rejects(rejects, refused)
    return counts


def batches(path: Path, mapping: LogMap) -> Iterator[list[tuple[int, Row]]]:
    """The file's rows with their line numbers. UTF-8, else GBK. Raises BadMapping."""
    try:
        with path.open("rb") as probe:
            encoding = encoding_of(probe.read(2**16))
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            reader = csv.DictReader(file)
            if missing := missing_columns(mapping, reader.fieldnames or []):
                raise BadMapping(f"表头里没有这些列：{'、'.join(missing)}")
            numbered = enumerate(reader, start=2)
            while part := list(islice(numbered, BATCH)):
                yield part
    except OSError:
        raise BadMapping(f"打不开文件“{path}”") from None
    except csv.Error as fault:
        raise BadMapping(f"文件“{path}”不是 CSV：{fault}") from None


def encoding_of(sample: bytes) -> str:
    try:
        sample.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        return "utf-8-sig" if fault.start > len(sample) - 4 else "gb18030"
    return "utf-8-sig"


class Around:
    """Who and what the log's words mean here."""

    def __init__(self, centre: Centre, mapping: LogMap) -> None:
        self.centre, self.source = centre, mapping.source
        self.groups = {group.code: group.pk for group in SkillGroup.objects.filter(centre=centre)}
        if unknown := sorted(set(mapping.groups.values()) - set(self.groups)):
            raise BadMapping(f"本中心没有编码为“{unknown[0]}”的技能组")
        staff = Staff.objects.filter(centre=centre).values_list("pk", "username", "number")
        self.trials = trials().numbers
        self.staff = {name: pk for pk, username, number in staff for name in (number, username) if name}


@transaction.atomic
def _write(around: Around, good: dict[str, LoggedCall], counts: Counts) -> None:
    known = set(Call.objects.filter(linkedid__in=list(good)).values_list("linkedid", flat=True))
    fresh = [logged for name, logged in good.items() if name not in known]
    calls = Call.objects.bulk_create([_call(around, logged) for logged in fresh])
    Leg.objects.bulk_create([_leg(call, logged) for call, logged in zip(calls, fresh, strict=True) if logged.answered])
    counts.created += len(calls)
    counts.known += len(known)


def _call(around: Around, logged: LoggedCall) -> Call:
    staff = around.staff.get(logged.agent)
    number = normalise_phone(logged.number)
    digest = blind_index(number, purpose="phone")
    return Call(
        centre=around.centre, linkedid=logged.linkedid, called=logged.called, number=logged.number,
        number_hash=digest, is_test=(around.centre.pk, digest) in around.trials, group_id=around.groups.get(logged.group),
        agent_id=staff, last_agent_id=staff, agent_seat=logged.agent[:20] if logged.answered else "",
        entered_at=logged.entered, human_at=logged.queued, queued_at=logged.queued,
        offered_at=logged.answered, answered_at=logged.answered, ended_at=logged.ended, outcome=logged.outcome,
        talk_ms=logged.talk_ms, offers=1 if logged.answered else 0, rating=logged.rating,
        rated_at=logged.ended if logged.rating else None, invited_at=logged.ended if logged.rating else None,
        milestones=_milestones(logged), source=around.source, version=FOLD_VERSION,
    )


def _leg(call: Call, logged: LoggedCall) -> Leg:
    return Leg(
        centre_id=call.centre_id, call=call, uniqueid=f"{logged.linkedid}"[:60], staff_id=call.agent_id, extension=logged.agent,
        offered_at=logged.answered, answered_at=logged.answered, ended_at=logged.ended, result=Leg.Result.ANSWERED,
        talk_ms=logged.talk_ms,
    )


def _milestones(logged: LoggedCall) -> list[dict[str, Any]]:
    steps: list[tuple[datetime | None, dict[str, Any]]] = [
        (logged.entered, {"kind": "entered", "called": logged.called}), (logged.queued, {"kind": "queued"}),
        (logged.answered, {"kind": "answered", "extension": logged.agent}),
        (logged.ended, {"kind": "ended", "outcome": str(logged.outcome)}),
    ]
    return [{"at": at.isoformat(timespec="milliseconds"), **line} for at, line in steps if at]


def _write_rejects(path: Path, refused: list[tuple[int, str, Row]]) -> None:
    names = [str(name) for name in refused[0][2] if name is not None]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["行号", "原因", *names])
        writer.writerows([number, reason, *(row.get(name) or "" for name in names)] for number, reason, row in refused)
