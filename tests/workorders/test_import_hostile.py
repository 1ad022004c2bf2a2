"""Files as other systems write them, and as nobody should: encodings, sizes, formulas, noise."""

import csv
import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from huying.audit.queries import verify
from huying.kernel.clock import SHANGHAI
from huying.org.policies import system_actor
from huying.workorders.models import WorkOrder
from huying.workorders.operations.importing import import_orders
from huying.workorders.operations.importing.read import BadFile, read_table
from huying.workorders.operations.importing.rejects import harmless
from huying.workorders.rules.mapping import BadMapping, BadRow, parse_mapping, read_row
from workorders.tables import HEADER, as_csv, made_up, row

NOW = datetime(2026, 11, 21, tzinfo=SHANGHAI)


@pytest.fixture
def table(tmp_path):
    """Write bytes to a file and read them as a table."""

    def read(content, name="old.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        found = read_table(path)
        return found.header, list(found.records)

    return read


def good(records):
    return [record for record in records if not record.fault]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("line", ["\r\n", "\n"])
def test_encodings_and_line_ends(table, encoding, line):
    rows = list(made_up(50))
    header, records = table(as_csv(rows, encoding=encoding, line=line))
    assert header == HEADER and [record.cells for record in records] == rows
    assert [record.line for record in records] == list(range(2, 52))


def test_tabs_and_semicolons(table):
    for sign in ("\t", ";"):
        text = as_csv(made_up(3)).replace(b",", sign.encode())
        assert table(text)[0] == HEADER


def test_a_line_break_within_a_cell_belongs_to_it(table):
    _, records = table(as_csv([row("A-1", text="第一行\n第二行\r\n\r\n第四行"), row("A-2")]))
    assert [record.cells[0] for record in records] == ["A-1", "A-2"] and "第四行" in records[0].cells[6]


def test_a_lost_quotation_mark_costs_its_own_line_only(table):
    for broken in (b'X-1,20180101,a,b,c,d,"lost,u,d', b'"X-1,20180101,a,b,c,d,lost,u,d', b'X-1,20180101,a,b,c,d,"a"b,u,d'):
        lines = as_csv([row("A-1"), row("A-2", text='他说"不行"，\n走了'), row("A-3")]).splitlines(keepends=True)
        lines.insert(2, broken + b"\r\n")
        _, records = table(b"".join(lines))
        assert [record.cells[0] for record in good(records)] == ["A-1", "A-2", "A-3"]
        assert [record.line for record in records if record.fault] == [3]


def test_a_megabyte_in_one_cell_and_a_line_without_end(table):
    huge = row("A-2", text="水" * 1_000_000)
    _, records = table(as_csv([row("A-1"), huge, row("A-3")]))
    assert [bool(record.fault) for record in records] == [False, True, False]
    endless = as_csv([row("A-1")]) + b"x" * (9 * 2**20) + b"\r\n" + as_csv([row("A-3")]).splitlines()[1]
    _, records = table(endless)
    assert [record.fault for record in records] == ["", "一行超过 4 MB", ""] and records[2].cells[0] == "A-3"


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\xff\xfea\x00", b"\xd0\xcf\x11\xe0\xa1", b"PK\x03\x04 no archive", b'"'])
def test_what_is_no_table_is_refused(table, content):
    with pytest.raises(BadFile):
        table(content)


def sheet(rows):
    book, out = Workbook(), io.BytesIO()
    for cells in rows:
        book.active.append(cells)
    book.save(out)
    return out.getvalue()


def test_excel(table):
    at = datetime(2018, 1, 2, 8, 5)  # noqa: DTZ001  a spreadsheet knows no zones
    rows = [HEADER, ["A-1", 20180102, "a", None, "c", "d", "有\n两行", "u", "d"], [None] * 9,
            [1801020001, at, "a", "b", "c", "d", "=1+1", "u", "d"], ["A-3", date(2018, 1, 2)]]
    header, records = table(sheet(rows), "old.xlsx")
    assert header == HEADER and [record.line for record in records] == [2, 4, 5]
    assert records[0].cells[:4] == ["A-1", "20180102", "a", ""]
    assert records[1].cells[:2] == ["1801020001", "2018-01-02 08:05:00"]
    assert records[1].cells[6] == ""  # a formula that was never worked out has no value
    assert records[2].cells[2:] == [""] * 7


def test_a_broken_or_exploding_workbook_is_refused(table, monkeypatch):
    content = sheet([HEADER, row()])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[:200] if "sheet1" in name else old.read(name))
    with pytest.raises(BadFile):
        table(out.getvalue())
    with pytest.raises(BadFile):
        table(content[:-300])
    monkeypatch.setattr("huying.workorders.operations.importing.read.LARGEST_SHEET", 1000)
    with pytest.raises(BadFile, match="1 GB"):
        table(content)


def test_formulas_are_harmless():
    for cell in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"):
        assert harmless(cell).startswith("'")
    assert harmless("路灯=不亮") == "路灯=不亮"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=9, max_size=9))
def test_any_row_is_read_or_refused(cells):
    columns = parse_mapping({})
    places = columns.bind(HEADER)
    try:
        old = read_row(columns, places, cells, NOW)
    except BadRow as wrong:
        assert str(wrong)
    else:
        assert old.number and old.content and old.created <= NOW


NOISE = st.binary(max_size=60)
CELL = st.one_of(st.text(max_size=12), st.sampled_from(["20180102", "2018-01-02", "A-1", '"', ",", "\n", "=1+1", "\x00", "\ud800", "某"]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(NOISE, st.lists(CELL, max_size=11)), max_size=12), st.sampled_from(["utf-8", "gb18030"]))
@pytest.mark.django_db
@pytest.mark.req("R002")
def test_whatever_the_file_holds_every_line_is_accounted_for(tmp_path, cast, parts, encoding):
    """Noise and odd rows between two good ones: the good ones are in, nothing is lost, nothing falls over."""
    first, last = (as_csv([row(number)], encoding=encoding).split(b"\n", 1)[1] for number in ("GOOD-1", "GOOD-2"))
    path = tmp_path / "noise.csv"
    path.write_bytes(as_csv([], encoding=encoding) + first + b"".join(as_line(part, encoding) for part in parts) + last)
    before = WorkOrder.objects.count()
    try:
        counts = import_orders(
            actor=system_actor(), centre=cast.demo, path=path, columns=parse_mapping({}), rejects=tmp_path / "rejects.csv"
        )
    except (BadFile, BadMapping):
        return  # the noise made it a file of another kind
    assert counts.read == counts.created + counts.skipped + counts.rejected
    assert WorkOrder.objects.count() == before + counts.created
    assert WorkOrder.objects.filter(external_number__in=["GOOD-1", "GOOD-2"]).count() == 2
    if counts.rejected:
        with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
            assert sum(1 for _ in csv.DictReader(file)) == counts.rejected
    (tmp_path / "rejects.csv").unlink(missing_ok=True)


def as_line(part, encoding):
    """Noise as it is, cells as somebody careless joined them: no quoting at all."""
    if isinstance(part, bytes):
        return part + b"\r\n"
    return ",".join(part).encode(encoding, "replace") + b"\r\n"


@pytest.mark.django_db
def test_the_history_of_a_noisy_import_is_whole(tmp_path, cast):
    path = tmp_path / "noise.csv"
    path.write_bytes(as_csv(made_up(30)) + b'\xff\xff,"\r\n' * 30 + as_csv(made_up(30, prefix="NEW")).split(b"\n", 1)[1])
    counts = import_orders(
        actor=system_actor(), centre=cast.demo, path=path, columns=parse_mapping({}), rejects=tmp_path / "rejects.csv"
    )
    assert (counts.created, counts.rejected) == (60, 30)
    assert list(verify()) == []
