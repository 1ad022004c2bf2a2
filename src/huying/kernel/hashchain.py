"""A chain of SM3 links: each one vouches for its record and for every record before it (R055, R253)."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from huying.kernel.digest import sm3

LINK_BYTES = 32
GENESIS = bytes(LINK_BYTES)


def link(previous: bytes, record: Mapping[str, object]) -> bytes:
    """Return the link of `record` after `previous` (GENESIS for the first): SM3(previous + canonical(record)).

    Raises ValueError for a `previous` of the wrong length, and what `canonical` raises.
    """
    if len(previous) != LINK_BYTES:
        raise ValueError(f"a link has {LINK_BYTES} bytes, not {len(previous)}")
    return sm3(previous + canonical(record))


def canonical(record: Mapping[str, object]) -> bytes:
    """Return a record as the one JSON text it has: keys sorted, no spaces, UTF-8.

    Times become ISO 8601 in UTC with milliseconds (finer parts are cut), dates, UUIDs and decimals their text, bytes
    hex. A record that went through a JSONB column comes back to the same text, as long as all its keys are text
    (numbers sort otherwise) and it holds no float beyond 1e15 (PostgreSQL gives those back as whole numbers).
    Raises ValueError for a naive time or a NaN, TypeError for anything JSON has no word for.
    """
    return _encoder.encode(record if isinstance(record, dict) else dict(record)).encode()


def as_stored(record: Mapping[str, object]) -> dict[str, Any]:
    """Return a record with every value in its canonical JSON form: store this, and it reads back to the same link."""
    stored: dict[str, Any] = json.loads(canonical(record))
    return stored


def moment_text(at: datetime) -> str:
    """Return the canonical form of an aware time: ISO 8601 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def first_broken(rows: Iterable[tuple[Mapping[str, object], bytes]], start: bytes = GENESIS) -> int | None:
    """Return the index of the first (record, stored link) that does not follow from the ones before, None if all do."""
    previous = start
    for index, (record, stored) in enumerate(rows):
        if link(previous, record) != stored:
            return index
        previous = stored
    return None


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without a zone has no canonical form")
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


# Built once: json.dumps with options builds an encoder for every call, half of the time of a bulk import's link.
_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False, default=_plain
)
