"""What an address asks for, read so that nothing typed there can break a query."""

from collections.abc import Mapping
from typing import Any

LONGEST = 100


def text(asked: Mapping[str, Any], name: str) -> str:
    """Trimmed, without NUL (which PostgreSQL refuses), at most a hundred letters."""
    return str(asked.get(name) or "").replace("\0", "").strip()[:LONGEST]


def number(asked: Mapping[str, Any], name: str) -> int | None:
    """A whole number, None for anything else."""
    word = text(asked, name)
    return int(word) if word.isascii() and word.isdigit() else None
