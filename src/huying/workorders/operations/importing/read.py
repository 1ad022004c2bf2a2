"""Read a table of another system line by line, whatever state it is in: one bad line never costs a good one (R002)."""

import csv
import zipfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from huying.kernel.errors import Refusal

SAMPLE = 2**20
LONGEST_LINE = 4 * 2**20  # bytes
MOST_LINES = 200  # of one record: a cell may hold line breaks, a lost quotation mark must not swallow the file
MOST_LETTERS = 200_000
LARGEST_SHEET = 2**30  # bytes unpacked
XLSX, XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class BadFile(Refusal):
    code = "bad_file"


@dataclass(frozen=True, slots=True)
class Record:
    """One row; `line` counts from 1 at the header, as an editor or Excel shows it. With a `fault` the cells are raw."""

    line: int
    cells: list[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    header: list[str]
    records: Iterator[Record]


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str
    fault: str = ""


def read_table(path: Path) -> Table:
    """The table in a CSV (UTF-8 or GBK) or XLSX file. Raises BadFile; a sheet may raise it half-way too."""
    try:
        with path.open("rb") as file:
            sample = file.read(SAMPLE)
    except OSError:
        raise BadFile(f"打不开文件“{path}”") from None
    if sample.startswith(XLSX):
        records = xlsx_records(path)
    elif sample.startswith(XLS):
        raise BadFile("这是旧版 Excel 文件（.xls），请另存为 .xlsx 或 CSV 再导入")
    elif sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile("这是 UTF-16 编码的文件，请另存为 UTF-8 的 CSV 再导入")
    else:
        records = csv_records(path, encoding_of(sample))
    header = next(records, None)
    if header is None:
        raise BadFile("文件是空的")
    if header.fault:
        raise BadFile(f"表头读不出来：{header.fault}")
    names = [name.strip() for name in header.cells]
    return Table(names, (fitted(record, len(names)) for record in records))


def fitted(record: Record, width: int) -> Record:
    """A row as wide as the header; anything else is a fault, save empty cells at its end."""
    cells = record.cells
    if record.fault or len(cells) == width:
        return record
    if len(cells) > width and not any(cells[width:]):
        return Record(record.line, cells[:width])
    return Record(record.line, cells, f"有 {len(cells)} 列，应为 {width} 列")


def encoding_of(sample: bytes) -> str:
    """UTF-8 if most of the lines that are not plain ASCII are, else GB18030, which holds GBK and GB2312."""
    lines = [line for line in sample.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:-1] or [sample] if not line.isascii()]
    return "utf-8" if 2 * sum(decodes(line, "utf-8") for line in lines) >= len(lines) else "gb18030"


def decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


class Lines:
    """Lines that can be put back."""

    def __init__(self, source: Iterator[Line]) -> None:
        self.source = source
        self.waiting = deque[Line]()

    def take(self) -> Line | None:
        return self.waiting.popleft() if self.waiting else next(self.source, None)

    def put_back(self, lines: Sequence[Line]) -> None:
        self.waiting.extendleft(reversed(lines))


def csv_records(path: Path, encoding: str) -> Iterator[Record]:
    with path.open("rb") as file:
        lines = Lines(decoded_lines(file, encoding))
        width, delimiter = 0, ","
        while first := lines.take():
            delimiter = delimiter if width else max(",\t;", key=first.text.count)
            record, more = one_record(first, lines, delimiter, may_go_on=width > 0)
            if more and (record.fault or len(record.cells) != width):  # a lost mark, not a line break in a cell
                lines.put_back(more)
                record = Record(first.number, [first.text], record.fault or "引号没有配对")
            if record.fault or any(record.cells):
                width = width or len(record.cells)
                yield record


def one_record(first: Line, lines: Lines, delimiter: str, *, may_go_on: bool) -> tuple[Record, list[Line]]:
    """The record that begins with `first`, and the further lines it took."""
    more: list[Line] = []
    if first.fault:
        return Record(first.number, [first.text], first.fault), more

    def feed() -> Iterator[str]:
        yield first.text
        letters = 0
        while may_go_on and len(more) < MOST_LINES and letters < MOST_LETTERS and (line := lines.take()):
            more.append(line)
            if line.fault:
                return
            letters += len(line.text)
            yield line.text

    try:
        return Record(first.number, next(csv.reader(feed(), delimiter=delimiter, strict=True), [])), more
    except csv.Error as error:
        wide = "limit" in str(error)
        return Record(first.number, [first.text], "有一格超过 13 万字" if wide else "引号没有配对"), more


def decoded_lines(file: BinaryIO, encoding: str) -> Iterator[Line]:
    """Lines with their numbers; one that is too long or cannot be decoded says so."""
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        too_long = len(raw) == LONGEST_LINE and not raw.endswith(b"\n")
        while too_long and (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if too_long:
            yield Line(number, raw[:200].decode(encoding, "replace"), "一行超过 4 MB")
        elif decodes(raw, encoding):
            yield Line(number, raw.decode(encoding))
        else:
            yield Line(number, raw.decode(encoding, "replace"), f"文字编码有误（文件其他部分是 {encoding.upper()}）")


def xlsx_records(path: Path) -> Iterator[Record]:
    """The first sheet. Formulas give the value that was saved with them."""
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_SHEET:
                raise BadFile("表格解压后超过 1 GB，请分成几个文件导入")
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            width = 0
            for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = [cell_text(value) for value in row]
                while cells and not cells[-1]:  # rows are as long as somebody once typed
                    cells.pop()
                if cells:
                    width = width or len(cells)
                    yield Record(line, cells + [""] * (width - len(cells)))
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, IndexError, OSError, EOFError,
            TypeError, AttributeError, NotImplementedError, RuntimeError, zipfile.LargeZipFile) as broken:
        raise BadFile("表格文件已损坏或不是 XLSX，请在 Excel 里打开后另存一份") from broken


def cell_text(value: Any) -> str:
    """A cell as it would stand in a CSV: whole numbers without a point, times as 2018-01-31 09:05:00."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
