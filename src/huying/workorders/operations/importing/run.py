"""Import a whole table of old orders (R002): batch by batch, one import at a time, to be run again at will."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from django.db import DataError, IntegrityError, connection
from django.db.backends.utils import CursorWrapper

from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.org.policies import Actor
from huying.workorders.operations.importing.compose import Row
from huying.workorders.operations.importing.places import Places
from huying.workorders.operations.importing.read import BadFile, Record, read_table
from huying.workorders.operations.importing.rejects import Rejects
from huying.workorders.operations.importing.write import Batch
from huying.workorders.queries.packs import find_template, pack_in_force
from huying.workorders.rules.mapping import BadRow, ColumnMap, read_row

BATCH = 1000
LOCK = 0x6875_696D
PATIENCE = 30.0  # seconds


class AlreadyImporting(Refusal):
    code = "already_importing"
    message = "该中心正在导入另一个文件，请等它结束再试"


@dataclass
class Counts:
    """`read` is the sum of the others; `skipped` were here before."""

    read: int = 0
    created: int = 0
    skipped: int = 0
    rejected: int = 0


def import_orders(
    *, actor: Actor, centre: Centre, path: Path, columns: ColumnMap, rejects: Path,
    progress: Callable[[Counts], object] = lambda counts: None,
) -> Counts:
    """Bring every readable row in as a closed order, once; write the others to `rejects`.

    Each batch is one transaction and an order is known by (centre, old number), so an import that was killed is ended
    by running it again. Raises NotAllowed, BadFile, BadMapping, AlreadyImporting.
    """
    actor.must("workorders.import")
    if rejects.exists() and path.exists() and rejects.samefile(path):
        raise BadFile("退回文件不能就是要导入的文件")
    table = read_table(path)
    places = columns.bind(table.header)
    with alone(centre):
        batch = Batch(
            actor, centre, find_template(centre, "general"), pack_in_force(centre, clock.now()), Places(centre), path.name
        )
        refused, counts = Rejects(rejects, table.header), Counts()
        try:
            for rows in batches(sorted_out(table.records, columns, places, refused, counts)):
                created, lost = write(batch, rows)
                for row, reason in lost:
                    refused.add(row.line, reason, row.cells)
                counts.created += created
                counts.skipped += len(rows) - created - len(lost)
                counts.rejected = refused.count
                progress(counts)
        finally:
            refused.close()
        counts.rejected = refused.count
    return counts


def sorted_out(
    records: Iterator[Record], columns: ColumnMap, places: dict[str, int], refused: Rejects, counts: Counts
) -> Iterator[Row]:
    """The rows that can be read; the others go to the rejects. Of one number only the first row counts."""
    seen: dict[str, int] = {}
    now = clock.now().astimezone(clock.SHANGHAI)
    for record in records:
        counts.read += 1
        try:
            if record.fault:
                raise BadRow(record.fault)
            old = read_row(columns, places, record.cells, now)
            if old.number in seen:
                raise BadRow(f"单号与第 {seen[old.number]} 行重复")
        except BadRow as wrong:
            refused.add(record.line, str(wrong), record.cells)
            continue
        seen[old.number] = record.line
        yield Row(record.line, record.cells, old)


def batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def write(batch: Batch, rows: list[Row]) -> tuple[int, list[tuple[Row, str]]]:
    """One batch; when the database refuses it, row by row, so that one row never costs the others."""
    try:
        return batch.write(rows)
    except (DataError, IntegrityError) as error:
        batch.places = Places(batch.centre)  # what the lost transaction had made is gone
        if len(rows) == 1:
            return 0, [(rows[0], f"数据库不接受这一行：{str(error).splitlines()[0]}")]
    created = 0
    lost: list[tuple[Row, str]] = []
    for row in rows:
        one, bad = write(batch, [row])
        created, lost = created + one, lost + bad
    return created, lost


@contextmanager
def alone(centre: Centre) -> Iterator[None]:
    """No two imports into one centre at once: they would make each other's orders twice. Raises AlreadyImporting.

    A moment is waited: the database session of an import that was just killed ends by itself.
    """
    until = monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while not taken(cursor, "pg_try_advisory_lock", centre):
            if monotonic() > until:
                raise AlreadyImporting
            sleep(0.2)
        try:
            yield
        finally:
            taken(cursor, "pg_advisory_unlock", centre)


def taken(cursor: CursorWrapper, function: str, centre: Centre) -> bool:
    cursor.execute(f"SELECT {function}(%s, %s)", [LOCK, centre.pk])
    return bool(cursor.fetchone()[0])
