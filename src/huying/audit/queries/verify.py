"""Walk every chain and every seal and name each row that was changed, removed or slipped in (R055)."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction

from huying.audit.models import Anchor, Chained, Event
from huying.audit.queries.seals import BATCH, hashes_between, seal_of
from huying.kernel import hashchain

Place = tuple[str, int]
End = tuple[int, bytes]
NOTHING: End = (0, hashchain.GENESIS)


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind` is changed, removed, inserted or anchor; `event_id` where a row still exists; `until` ends a gap of several.

    Removed with `seq` 0: the history is there, what it is about is gone.
    """

    kind: str
    stream: str
    stream_id: int
    seq: int
    event_id: int | None = None
    until: int = 0

    def __str__(self) -> str:
        words = {"changed": "被改动", "removed": "被删除", "inserted": "被插入", "anchor": "封印不符"}[self.kind]
        if self.kind == "anchor":
            return f"封印 {self.stream_id}：其范围内的事件{words}"
        if not self.seq:
            return f"{subject(self.stream, self.stream_id)}：记录本身{words}，只留下历史"
        row = f"（事件 {self.event_id}）" if self.event_id else ""
        steps = f"{self.seq} 至 {self.until}" if self.until > self.seq else f"{self.seq}"
        return f"{subject(self.stream, self.stream_id)} 第 {steps} 步{row}：{words}"


def subject(stream: str, pk: int) -> str:
    """What people call the thing whose history this is: 工单 4506…"""
    model = chained().get(stream)
    row = model._default_manager.filter(pk=pk).first() if model else None
    return f"{model.noun if model else stream} {row or pk}"


def chained() -> dict[str, type[Chained]]:
    """Everything that has a history, by the name of its chains."""
    return {model.stream: model for model in apps.get_models() if issubclass(model, Chained)}


def verify(file: Path | None = None) -> Iterator[Fault]:
    """Every fault found; none means the history is as it was written. `file` holds the seals kept outside."""
    outside = read_seals(file)  # before the rows: a seal made meanwhile is in neither, or only in the rows
    with one_moment():
        yield from check_chains(kept_ends())
        yield from check_anchors(outside)


@contextmanager
def one_moment() -> Iterator[None]:
    """All reads see the database of one moment, while orders go on being written."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def kept_ends() -> dict[Place, End]:
    """The end of its chain that each thing carries itself."""
    return {
        (stream, pk): (seq, bytes(head))
        for stream, model in chained().items()
        for pk, seq, head in model._default_manager.values_list("pk", "event_seq", "event_head").iterator(chunk_size=BATCH)
    }


def check_chains(ends: dict[Place, End]) -> Iterator[Fault]:
    """Each chain from its first row to the end its owner carries; `ends` is used up."""
    events = Event.objects.order_by("stream", "stream_id", "seq").iterator(chunk_size=BATCH)
    for place, rows in groupby(events, key=lambda event: (event.stream, event.stream_id)):
        end = ends.pop(place, None)
        if end is None:
            yield Fault("removed", *place, 0)
        else:
            yield from check_chain(place, rows, end)
    for place, end in ends.items():
        yield from check_chain(place, (), end)


def check_chain(place: Place, rows: Iterable[Event], end: End) -> Iterator[Fault]:
    """What is wrong with one chain: whatever stands behind its end was added, whatever its end counts and is not there
    was removed. A gap is one fault, however wide somebody made it."""
    seq, head = NOTHING
    for event in rows:
        if event.seq > end[0]:
            yield Fault("inserted", *place, event.seq, event.pk)
            continue
        if event.seq > seq + 1:
            yield Fault("removed", *place, seq + 1, until=event.seq - 1)
        if event.seq == seq + 1 and bytes(event.prev) != head:
            yield Fault("inserted", *place, event.seq, event.pk)
        elif hashchain.link(bytes(event.prev), event.record()) != bytes(event.hash):
            yield Fault("changed", *place, event.seq, event.pk)
        seq, head = event.seq, bytes(event.hash)
    if seq < end[0]:
        yield Fault("removed", *place, seq + 1, until=end[0])
    elif head != end[1]:
        yield Fault("changed", *place, seq)


def check_anchors(outside: dict[int, str]) -> Iterator[Fault]:
    """Every seal counted again, and compared with the copy outside."""
    after, seal = 0, bytes(32)
    for one in Anchor.objects.order_by("id"):
        seal, count = seal_of(seal, hashes_between(after, one.last_event_id))
        kept = outside.pop(one.pk, None)
        if seal != bytes(one.hash) or count != one.events or (kept is not None and kept != seal.hex()):
            yield Fault("anchor", "anchor", one.pk, 0)
        after, seal = one.last_event_id, bytes(one.hash)
    for missing in outside:
        yield Fault("anchor", "anchor", missing, 0)


def read_seals(file: Path | None) -> dict[int, str]:
    if file is None or not file.exists():
        return {}
    rows = (json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip())
    return {row["anchor"]: row["hash"] for row in rows}
