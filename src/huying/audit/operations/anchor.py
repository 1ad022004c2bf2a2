"""Seal all events up to now; the seal also goes to a file outside the database (R055).

Whoever rewrites the database must also rewrite every later seal and the file, which the backup takes elsewhere.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from django.db import connection, transaction

from huying.audit.models import Anchor, Event
from huying.audit.operations.append import ANCHOR_LOCK
from huying.kernel import clock
from huying.kernel.digest import sm3

BATCH = 10_000


def settled_id() -> int:
    """The greatest event id below which nothing is still being written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ANCHOR_LOCK])
        try:
            cursor.execute("SELECT coalesce(max(id), 0) FROM audit_event")
            last: int = cursor.fetchone()[0]
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ANCHOR_LOCK])
    return last


def seal_of(previous: bytes, hashes: Iterable[bytes]) -> tuple[bytes, int]:
    """SM3 over the previous seal and the events' hashes in order of id, in batches; and how many there were."""
    seal, count, batch = previous, 0, bytearray()
    for one in hashes:
        batch += one
        count += 1
        if count % BATCH == 0:
            seal, batch = sm3(seal + bytes(batch)), bytearray()
    return sm3(seal + bytes(batch)), count


def hashes_between(after: int, upto: int) -> Iterable[bytes]:
    rows = Event.objects.filter(id__gt=after, id__lte=upto).order_by("id").values_list("hash", flat=True)
    return (bytes(one) for one in rows.iterator(chunk_size=BATCH))


def anchor(file: Path) -> Anchor | None:
    """Write one seal over the events since the last one; None when there are none."""
    upto = settled_id()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ANCHOR_LOCK + 1])
        last = Anchor.objects.order_by("-id").first()
        after, previous = (last.last_event_id, bytes(last.hash)) if last else (0, bytes(32))
        if upto <= after:
            return None
        seal, count = seal_of(previous, hashes_between(after, upto))
        made = Anchor.objects.create(at=clock.now(), last_event_id=upto, events=count, hash=seal)
    line = {"anchor": made.pk, "at": made.at.isoformat(), "last_event": upto, "events": count, "hash": seal.hex()}
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
    return made
