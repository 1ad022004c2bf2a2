"""The file of rows that did not go in: line, reason, and the row as it was, to be mended and imported again (R002)."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from huying.workorders.operations.importing.read import BadFile

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Rejects:
    """Opened with the first reject, for its owner's eyes only: it holds what citizens said."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.path = path
        self.header = header
        self.count = 0
        self.file: IO[str] | None = None
        self.out: Any = None

    def add(self, line: int, reason: str, cells: Sequence[str]) -> None:
        """Raises BadFile when the file cannot be written."""
        if self.file is None:
            self.open()
        self.out.writerow([line, reason, *map(harmless, cells)])
        self.count += 1

    def open(self) -> None:
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise BadFile(f"写不了退回文件“{self.path}”，请用 --rejects 指定别的位置") from error
        self.file = os.fdopen(handle, "w", encoding="utf-8-sig", errors="replace", newline="")
        self.out = csv.writer(self.file)
        self.out.writerow(["行号", "原因", *map(harmless, self.header)])

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not carry out; cut where no person would read on."""
    text = cell.replace("\x00", "␀")[:30_000]
    return f"'{text}" if text.startswith(FORMULA) else text
