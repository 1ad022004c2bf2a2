"""A list as a file: asked for with a reason, allowed by somebody else, marked, fetched once, on record (R154, R282)."""

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from huying.audit.models import Access
from huying.kernel import clock
from huying.workorders.models import ExportRequest, WorkOrder
from huying.workorders.operations import export
from huying.workorders.queries.export_file import HEADINGS
from workorders.play import PHONE, Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
WHY = "月度通报用，报送采购人"


@pytest.fixture
def as_(client, cast):
    def signed_in(user):
        client.force_login(cast.staff[user], backend=BACKEND)
        return client

    return signed_in


@pytest.fixture
def asked(as_):
    """An export of dispatcher1's, asked for through the page."""

    def ask(query="desk=all", file_type="csv", user="dispatcher1"):
        answer = as_(user).post(f"/orders/exports/new?{query}", {"reason": WHY, "format": file_type})
        assert answer.status_code == 302, answer.content.decode()
        return ExportRequest.objects.latest("id")

    return ask


def decide(browser, row, agree=True):
    browser.post(f"/orders/exports/{row.pk}/decide", {"agree": "1" if agree else "0", "decision": "限内部使用"})
    row.refresh_from_db()
    return row.state


def fetched(browser, row):
    return browser.post(f"/orders/exports/{row.pk}/file")


def table(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.req("R154", "R282")
def test_a_file_is_asked_for_with_a_reason_allowed_by_another_marked_and_put_on_record(cast, as_, asked):
    lamp, noise = Play(cast), Play(cast, title="夜间施工噪音", kind="help", content="工地 13812345678 夜里施工")
    row = asked("desk=all&kind=help&phone=13907700001")
    assert (row.state, row.rows, row.query) == ("pending", 1, {"kind": ["help"]})  # no telephone in what is kept
    assert fetched(as_("dispatcher1"), row).status_code == 302 and not Access.objects.filter(kind="export").exists()
    assert "等您审批" in as_("director1").get("/orders/exports/").content.decode()
    assert decide(as_("director1"), row) == "approved"
    assert "下载（一次）" in as_("dispatcher1").get("/orders/exports/").content.decode()
    rows = table(fetched(as_("dispatcher1"), row))
    assert "工单员甲（dispatcher1）" in rows[0][0] and f"导出申请 {row.pk}" in rows[0][0] and "内部资料" in rows[0][0]
    assert tuple(rows[1]) == HEADINGS and len(rows) == 3
    line = dict(zip(HEADINGS, rows[2], strict=True))
    assert (line["工单号"], line["诉求人"], line["联系电话"]) == (noise.number, "张**", "139****0001")
    assert PHONE not in str(rows) and "13812345678" not in str(rows) and lamp.number not in str(rows)
    taken = Access.objects.get(kind="export", stream="export")
    assert (taken.stream_id, taken.reason, taken.actor_id) == (row.pk, WHY, cast.staff["dispatcher1"].pk)
    assert taken.request_id and taken.request_id in rows[0][0]  # the paper in hand leads to the row
    assert list(Access.objects.filter(kind="export", stream="order").values_list("stream_id", flat=True)) == [noise.order.pk]


@pytest.mark.req("R154")
def test_the_workbook_carries_the_mark_on_every_printed_page_and_no_formula(cast, as_, asked):
    Play(cast, title="=HYPERLINK(\"http://evil.example\",\"点我\")", content="+1+1 这条内容以加号开头")
    row = asked(file_type="xlsx")
    decide(as_("director1"), row)
    sheet = load_workbook(io.BytesIO(fetched(as_("dispatcher1"), row).content)).active
    mark = sheet["A1"].value
    assert "dispatcher1" in mark and sheet.oddFooter.center.text == mark and sheet.oddHeader.right.text == mark
    cells = [cell for cells in sheet.iter_rows(min_row=3) for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert next(cell.value for cell in cells if "HYPERLINK" in str(cell.value)).startswith("'=")


def test_one_download_within_a_day_for_the_person_who_asked(cast, as_, asked):
    Play(cast)
    row = asked()
    decide(as_("director1"), row)
    for other in ("reviewer1", "director1"):
        assert fetched(as_(other), row).status_code == 404
    assert fetched(as_("agent1"), row).status_code in {403, 404}
    assert fetched(as_("dispatcher1"), row).status_code == 200
    again = as_("dispatcher1").post(f"/orders/exports/{row.pk}/file", follow=True)
    assert "已经下载过一次" in again.content.decode()
    assert Access.objects.filter(kind="export", stream="export").count() == 1
    late = asked()
    decide(as_("director1"), late)
    ExportRequest.objects.filter(pk=late.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    assert "下载期限已过" in as_("dispatcher1").post(f"/orders/exports/{late.pk}/file", follow=True).content.decode()


@pytest.mark.req("R282")
def test_nobody_allows_an_own_export_and_a_decision_stands(cast, as_, asked):
    Play(cast)
    own = asked(user="director1")
    assert decide(as_("director1"), own) == "pending"
    row = asked()
    assert decide(as_("dispatcher1"), row) == "pending"  # no right to decide at all
    assert decide(as_("director1"), row, agree=False) == "rejected"
    assert decide(as_("director1"), row) == "rejected"
    assert "还没有获得同意" in as_("dispatcher1").post(f"/orders/exports/{row.pk}/file", follow=True).content.decode()
    assert not Access.objects.filter(kind="export").exists()


def test_what_became_invisible_before_the_download_is_left_out(cast, as_, asked):
    first, second = Play(cast), Play(cast)
    row = asked()
    decide(as_("director1"), row)
    WorkOrder.objects.filter(pk=first.order.pk).update(is_sensitive=True)
    rows = table(fetched(as_("dispatcher1"), row))
    assert [line[0] for line in rows[2:]] == [second.number]
    assert list(Access.objects.filter(kind="export", stream="order").values_list("stream_id", flat=True)) == [second.order.pk]


def test_wishes_that_cannot_be_met_are_refused_with_words(cast, as_, monkeypatch):
    Play(cast)
    browser = as_("dispatcher1")
    for said, words in (({"reason": "看看", "format": "csv"}, "用途至少写 6 个字"), ({"reason": "", "format": "csv"}, "请写明用途")):
        answer = browser.post("/orders/exports/new?desk=all", said)
        assert words in answer.content.decode() and not ExportRequest.objects.exists()
    assert browser.post("/orders/exports/new?desk=to_check", {"reason": WHY, "format": "csv"}).status_code == 404
    monkeypatch.setattr(export, "ROWS_MOST", 0)
    assert "请缩小范围" in browser.post("/orders/exports/new?desk=all", {"reason": WHY, "format": "csv"}).content.decode()
    assert as_("liaison1").post("/orders/exports/new?desk=all", {"reason": WHY, "format": "csv"}).status_code == 404
