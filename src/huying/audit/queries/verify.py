"""Walk every chain and every seal and name each row that was changed, removed or slipped in (R055)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction

from huying.audit.models import Anchor, Chained, Event
from huying.audit.queries.seals import BATCH, hashes_between, seal_of
from huying.kernel import hashchain

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind` is changed, removed, inserted or anchor; `event_id` where a row still exists."""

    kind: str
    stream: str
    stream_id: int
    seq: int
    event_id: int | None = None

    def __str__(self) -> str:
        words = {"changed": "被改动", "removed": "被删除", "inserted": "被插入", "anchor": "封印不符"}[self.kind]
        if self.kind == "anchor":
            return f"封印 {self.stream_id}：其范围内的事件{words}"
        row = f"（事件 {self.event_id}）" if self.event_id else ""
        return f"{self.stream} {self.stream_id} 第 {self.seq} 步{row}：{words}"


def verify(file: Path | None = None) -> Iterator[Fault]:
    """Every fault found; none means the history is as it was written. `file` holds the seals kept outside."""
    ends: dict[Place, tuple[int, bytes]] = {}
    outside = read_seals(file)  # before the rows: a seal made meanwhile is in neither, or only in the rows
    with one_moment():
        yield from check_chains(ends)
        yield from check_heads(ends)
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


def check_chains(ends: dict[Place, tuple[int, bytes]]) -> Iterator[Fault]:
    """Each chain from its first row on; `ends` is filled with the last row of each."""
    for event in Event.objects.order_by("stream", "stream_id", "seq").iterator(chunk_size=BATCH):
        place = (event.stream, event.stream_id)
        seq, head = ends.get(place, (0, hashchain.GENESIS))
        for gone in range(seq + 1, event.seq):
            yield Fault("removed", *place, gone)
        if event.seq == seq + 1 and bytes(event.prev) != head:
            yield Fault("inserted", *place, event.seq, event.pk)
        elif hashchain.link(bytes(event.prev), event.record()) != bytes(event.hash):
            yield Fault("changed", *place, event.seq, event.pk)
        ends[place] = (event.seq, bytes(event.hash))


def check_heads(ends: dict[Place, tuple[int, bytes]]) -> Iterator[Fault]:
    """The end each thing carries itself: a removed last row, or one added behind it."""
    for model in apps.get_models():
        if not issubclass(model, Chained):
            continue
        stream: str = model.stream
        rows = model._default_manager.order_by("pk").values_list("pk", "event_seq", "event_head")
        for pk, seq, head in rows.iterator(chunk_size=BATCH):
            last, hash_ = ends.pop((stream, pk), (0, hashchain.GENESIS))
            for gone in range(last + 1, seq + 1):
                yield Fault("removed", stream, pk, gone)
            for added in range(seq + 1, last + 1):
                yield Fault("inserted", stream, pk, added)
            if last == seq and hash_ != bytes(head):
                yield Fault("changed", stream, pk, seq)
    for (stream, pk), (last, _) in ends.items():
        yield Fault("inserted", stream, pk, last)


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
