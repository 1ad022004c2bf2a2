"""Sound at rest: a file of sealed pieces, any stretch of which can be opened without the rest (R217, R253)."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from huying.calls.models import Recording
from huying.citizens.fields import key_ring
from huying.kernel.ciphers import OVERHEAD, TamperedData
from huying.kernel.errors import Refusal

PIECE = 256 * 1024
"""Bytes of plain sound in one piece."""


class DamagedRecording(Refusal):
    code = "damaged_recording"
    message = "录音文件与封存时不一致，可能被改动或损坏，不能播放和下载，请联系系统运维"


def folder() -> Path:
    return Path(settings.DATA) / "recordings"


def spool() -> Path:
    """Where the switch leaves what it has recorded."""
    return Path(settings.DATA) / "switch" / "spool"


def context(name: str, number: int, pieces: int) -> bytes:
    """Binds a piece to its recording, its place and how many there are: none can be taken out or exchanged."""
    return f"recording:{name}:{number}/{pieces}".encode()


def seal_file(source: BinaryIO, target: Path, name: str) -> tuple[str, int]:
    """Write the whole of `source` sealed to `target`, all or nothing; (SHA-256 of what lies there, plain size)."""
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    pieces, digest, ring = -(-size // PIECE), hashlib.sha256(), key_ring()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_suffix(".new")
    with draft.open("wb") as sealed:
        for number in range(pieces):
            piece = ring.seal(source.read(PIECE), context=context(name, number, pieces))
            digest.update(piece)
            sealed.write(piece)
        sealed.flush()
        os.fsync(sealed.fileno())
    draft.replace(target)
    return digest.hexdigest(), size


def opened(path: Path, name: str, size: int, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The plain bytes from `begin` up to `end`, piece by piece. Raises TamperedData, FileNotFoundError."""
    end = size if end is None else min(end, size)
    pieces, ring = -(-size // PIECE), key_ring()
    with path.open("rb") as sealed:
        for number in range(begin // PIECE, -(-end // PIECE)):
            sealed.seek(number * (PIECE + OVERHEAD))
            blob = sealed.read(PIECE + OVERHEAD)
            if not blob:
                raise TamperedData
            plain = ring.open(blob, context=context(name, number, pieces))
            yield plain[max(0, begin - number * PIECE) : max(0, end - number * PIECE)]


def digest_of(path: Path) -> str:
    with path.open("rb") as sealed:
        return hashlib.file_digest(sealed, "sha256").hexdigest()


def whole(row: Recording) -> bool:
    """Whether what lies there is what was sealed."""
    try:
        return digest_of(folder() / row.path) == row.digest
    except OSError:
        return False
