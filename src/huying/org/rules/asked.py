"""What an address asks for, read so that nothing typed there can break a query."""

import re
from collections.abc import Mapping
from typing import Any

LONGEST = 100
_UNTYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")


def text(asked: Mapping[str, Any], name: str) -> str:
    """Trimmed, without NUL (which PostgreSQL refuses), at most a hundred letters."""
    return str(asked.get(name) or "").replace("\0", "").strip()[:LONGEST]


def words(asked: Mapping[str, Any], name: str) -> str:
    """What somebody wrote, without the signs nobody types; how long it may be, the operation says."""
    return _UNTYPED.sub("", str(asked.get(name) or "")).strip()


def number(asked: Mapping[str, Any], name: str) -> int | None:
    """A whole number, None for anything else."""
    word = text(asked, name)
    return int(word) if word.isascii() and word.isdigit() else None
