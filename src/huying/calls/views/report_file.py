"""A report as a file for a spreadsheet: the rows of the page and their total, marked, on record (R154, R223, R224)."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.calls.queries.asked import Question
from huying.calls.views.report_tables import Table
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor
from huying.ui.rules.sheets import MEDIA_TYPES, Cell, as_csv, as_workbook


def report_file(
    actor: Actor, table: Table, question: Question, rows: Sequence[dict[str, Any]], *, form: str, path: str
) -> HttpResponse:
    """`rows` as `drawn` makes them, the total last; `form`: xlsx or csv."""
    headings = [*(["时间"] if question.step else []), *(["对象"] if question.by else []), *table.columns_of(question)]
    span = f"{question.since:%Y-%m-%d} 至 {question.until:%Y-%m-%d}"
    mark = f"话务报表 · {table.label} · {span} · {signature(actor)}"
    note_access(
        Access.Kind.EXPORT, actor=actor, centre_id=actor.staff.centre_id if actor.staff else None, stream="report",
        reason=f"{table.label} {span}", path=path,
    )
    lines = list(cells(question, rows))
    widths = [18] * len(headings)
    made = as_csv(mark, headings, lines) if form == "csv" else as_workbook(table.label, mark, headings, lines, widths)
    answer = HttpResponse(made, content_type=MEDIA_TYPES[form])
    name = f"话务报表-{table.label}-{question.since:%Y%m%d}-{question.until:%Y%m%d}.{form}"
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


def cells(question: Question, rows: Sequence[dict[str, Any]]) -> Iterator[list[Cell]]:
    for place, row in enumerate(rows, start=1):
        total = place == len(rows)
        names = [*(["" if total else row["time"]] if question.step else []), *([row["name"]] if question.by else [])]
        if total and names and not question.by:
            names[0] = row["name"]
        yield [*names, *(cell["text"] for cell in row["cells"])]


def signature(actor: Actor) -> str:
    username = actor.staff.username if actor.staff else actor.name
    return f"{actor.name}（{username}）· {clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
