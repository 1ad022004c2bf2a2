"""Rows as a file for a spreadsheet, with the mark of who took it out above the headings (R154)."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8",
}
_RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_LONGEST = 32_000  # letters in a cell


def harmless(text: str) -> str:
    """A text a spreadsheet would take for a formula is marked as text."""
    clean = "".join(sign for sign in text if sign in "\n\t" or sign >= " ")
    return f"'{clean}" if clean.startswith("\t") or clean.lstrip().startswith(_RISKY) else clean


def plain(cell: Cell) -> Cell:
    """A number as it is, so that it can be reckoned with."""
    return cell if isinstance(cell, int) else harmless(cell)[:_LONGEST]


def as_csv(mark: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([mark])
    writer.writerow(headings)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()  # the mark by which Excel knows UTF-8


def as_workbook(title: str, mark: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int]) -> bytes:
    """The mark also stands on every printed page."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A3"
    sheet.oddFooter.center.text = mark.replace("&", "＆")
    sheet.oddHeader.right.text = mark.replace("&", "＆")
    sheet.append([_bold(sheet, mark)])
    sheet.append([_bold(sheet, heading) for heading in headings])
    for row in rows:
        sheet.append([plain(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell
