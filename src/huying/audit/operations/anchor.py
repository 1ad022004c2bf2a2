"""Seal all events up to now; the seal also goes to a file outside the database (R055).

Whoever rewrites the database must also rewrite every later seal and the file, which the backup takes elsewhere.
"""

import json
from pathlib import Path

from django.db import connection, transaction

from huying.audit.models import Anchor
from huying.audit.operations.append import ANCHOR_LOCK
from huying.audit.queries.seals import hashes_between, seal_of
from huying.kernel import clock


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
