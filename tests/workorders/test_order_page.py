"""The page of one order: who sees what of it, and what stays hidden."""

import re

import pytest

from huying.audit.models import Access
from huying.org.models import Staff
from huying.workorders.models import Application, Assignment, Clock
from huying.workorders.operations import attach
from workorders.play import PHONE, Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
CENTRE = ["agent1", "leader1", "dispatcher1", "reviewer1", "followup1", "quality1", "supervisor1", "director1", "buyer1"]


@pytest.fixture
def page(client, cast):
    """The text of the order's page for a person; None when there is no such page for them."""

    def asked(user, number, path=""):
        client.force_login(Staff.objects.get(username=user), backend=BACKEND)
        answer = client.get(f"/orders/{number}/{path}")
        assert answer.status_code in {200, 404}
        return answer.content.decode() if answer.status_code == 200 else None

    return asked


@pytest.mark.req("R102")
def test_every_role_sees_its_own_of_an_order_in_hand(page, cast):
    play = Play(cast).handling(assistants=["ZJ"])
    for user in CENTRE:
        text = page(user, play.number)
        assert "海湾社区门口的路灯三天没有亮了" in text and "张**" in text and "139****0001" in text and PHONE not in text
    for user in ("liaison1", "unitleader1", "liaison2"):
        assert "海湾社区门口的路灯三天没有亮了" in page(user, play.number)
    assert page("liaison3", play.number) is None  # nothing was sent to the water company
    assert page("operator1", play.number) is None
    assert page("dispatcher1@OTHER", play.number) is None


@pytest.mark.req("R207")
def test_whoever_may_not_know_of_an_order_gets_404_on_each_of_its_addresses_and_it_is_on_record(client, cast):
    play = Play(cast).handling()
    clock = Clock.objects.filter(order=play.order).first()
    for user in ("liaison3", "dispatcher1@OTHER"):
        client.force_login(cast.staff[user], backend=BACKEND)
        before = Access.objects.filter(kind="refused").count()
        gets = ["", "do/comment/", "do/sign/", "reveal/phone/", f"clocks/{clock.pk}/", "files/1", "units"]
        posts = ["follow", "hold", "do/comment/", "do/withdraw/", "reveal/phone/"]
        answers = [client.get(f"/orders/{play.number}/{path}") for path in gets]
        answers += [client.post(f"/orders/{play.number}/{path}", {"note": "我来看看", "reason": "想看一看"}) for path in posts]
        assert {answer.status_code for answer in answers} == {404}
        assert Access.objects.filter(kind="refused").count() == before + len(answers)


def test_the_track_says_the_real_stage_and_what_runs_beside_it(page, cast):
    play = Play(cast).handling(assistants=["ZJ"]).do("agent1", "urge", note="市民又来电").do("supervisor1", "supervise", reason="拖得太久")
    play.do("liaison1", "request_return", clause="职责清单第三条", proposed_unit="SW", reason="路灯由自来水公司代管")
    text = page("reviewer1", play.number)
    for words in ("办理中、退回审核中", "协办中", "退回审核中", "催办×1", "督办"):
        assert words in text
    play.do("reviewer1", "approve_return", blame="dispatcher")
    play.do("dispatcher1", "dispatch", unit="SW", opinion="请办理").do("liaison3", "sign")
    play.do("liaison3", "request_return", clause="公司章程", proposed_unit="CG", reason="不属于供水职责范围")
    assert "部门间定责中" in page("reviewer1", play.number)


@pytest.mark.req("R289")
def test_a_return_shows_both_clauses_facing_each_other(page, cast):
    play = Play(cast).handling(clause="三定方案第九条")
    play.do("liaison1", "request_return", clause="职责清单第三条", proposed_unit="SW", reason="路灯由自来水公司代管")
    text = page("reviewer1", play.number)
    assert text.index("派单依据") < text.index("三定方案第九条") < text.index("<h3>退单依据") < text.index("职责清单第三条")
    assert "自来水公司" in text and "退单依据对照" not in page("liaison1", play.number)


def test_only_what_may_be_done_now_is_offered_and_the_next_step_is_biggest(page, cast):
    play = Play(cast).dispatched()
    unit = page("liaison1", play.number)
    assert f"/orders/{play.number}/do/sign/" in unit and "do/reply/" not in unit and "do/dispatch/" not in unit
    assert unit.index("wo-main") < unit.index("do/request_return/")
    play.do("liaison1", "sign")
    assert "登记核实" in between(page("liaison1", play.number), "wo-main", "</a>")
    play.verified()
    assert "答复" in between(page("liaison1", play.number), "wo-main", "</a>")
    leader = page("agent1", play.number)
    assert "do/urge/" in leader and "do/reply/" not in leader and "do/close/" not in leader


def between(text, start, end):
    begin = text.index(start)
    return text[begin : text.index(end, begin)]


@pytest.mark.req("R154", "R167")
def test_a_masked_field_is_shown_once_for_a_reason_and_put_on_record(client, cast):
    play = Play(cast).handling()
    client.force_login(cast.staff["liaison1"], backend=BACKEND)
    address = f"/orders/{play.number}/reveal/phone/"
    assert PHONE not in client.get(address).content.decode()
    short = client.post(address, {"reason": "看"})
    assert "查看原因" in short.content.decode() and PHONE not in short.content.decode()
    shown = client.post(address, {"reason": "电话联系诉求人核实"})
    assert f"<output data-revealed>{PHONE}</output>" in shown.content.decode() and "no-store" in shown["Cache-Control"]
    row = Access.objects.get(kind="reveal")
    assert (row.field, row.reason, row.stream_id, row.actor_id) == ("phone", "电话联系诉求人核实", play.order.pk, cast.staff["liaison1"].pk)
    assert client.get(f"/orders/{play.number}/reveal/phone_hash/").status_code == 404


def test_a_unit_gets_nothing_of_who_wants_to_stay_unknown(client, cast, page):
    play = Play(cast, kind="report", content="举报人张小满 13907700001 反映工地夜间施工").handling()
    text = page("liaison1", play.number)
    assert "诉求人要求对承办单位保密" in text and PHONE not in text and "139****0001" in text  # scrubbed inside the content
    assert client.get(f"/orders/{play.number}/reveal/phone/").status_code == 404
    assert client.post(f"/orders/{play.number}/reveal/phone/", {"reason": "想联系举报人"}).status_code == 404
    assert "139****0001" in page("reviewer1", play.number)


@pytest.mark.req("R154")
def test_opening_a_confidential_order_leaves_a_row_that_those_who_audit_can_read(page, cast):
    play = Play(cast, kind="report").handling()
    page("liaison1", play.number)
    row = Access.objects.get(kind="view")
    assert row.stream_id == play.order.pk and row.actor_id == cast.staff["liaison1"].pk
    assert "谁看过" in page("director1", play.number) and "谁看过" not in page("dispatcher1", play.number)
    page("reviewer1", Play(cast).number)
    assert Access.objects.filter(kind="view").count() == 3  # an ordinary order leaves none


@pytest.mark.req("R154")
def test_looks_are_told_in_words_and_once_however_often(client, page, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    play = Play(cast).handling()
    about = {"actor": cast.actor("liaison1"), "centre_id": cast.demo.pk, "purpose": "supplement", "order": play.order}
    file = attach(upload=("现场.txt", "灯泡已换".encode()), **about)
    client.force_login(cast.staff["liaison1"], backend=BACKEND)
    for query in ("", "", "", "?save=1"):  # three times as the picture on a page, once taken away
        client.get(f"/orders/{play.number}/files/{file.pk}{query}").getvalue()
    client.post(f"/orders/{play.number}/reveal/phone/", {"reason": "电话联系诉求人核实"})
    told = page("director1", play.number).split("谁看过")[1]
    rows = [" ".join(row.split()) for row in re.sub(r"<[^>]+>", " ", told.split("</ul>")[0]).splitlines()]
    text = " ".join(rows)
    assert f"查看 {file.name} 共 3 次" in text and f"下载 {file.name}" in text and "显示敏感字段 联系电话 电话联系诉求人核实" in text


@pytest.mark.req("R255")
def test_texts_are_shown_as_text(page, cast):
    play = Play(cast, title=f"路灯{EVIL}"[:100], content=f"内容{EVIL}", points=[f"诉求{EVIL}"]).handling(clause=EVIL)
    play.verified().do("liaison1", "reply", reply=f"答复内容足够长{EVIL}", finding="true", outcome="solved")
    play.do("reviewer1", "reject_check", reason=f"退回{EVIL}")
    for user in ("reviewer1", "liaison1"):
        text = page(user, play.number)
        assert "<script>alert" not in text and "<img src=x" not in text and "&lt;script&gt;alert" in text


@pytest.mark.req("R116")
def test_every_counted_stretch_is_explained(page, cast):
    play = Play(cast).handling()
    clock = Clock.objects.get(order=play.order, kind="handle")
    text = page("liaison1", play.number, f"clocks/{clock.pk}/")
    assert "5 个工作日" in text and "第 5 个工作日" in text and "全国法定工作日历" in text and "周末" in text
    other = Clock.objects.filter(order=Play(cast).order).first()
    assert page("liaison1", play.number, f"clocks/{other.pk}/") is None


def test_the_time_line_holds_everything_and_can_be_narrowed(page, cast):
    play = Play(cast).handling().replied().do("dispatcher1", "comment", note="内部备注一条")
    text = page("reviewer1", play.number)
    for words in ("受理", "派单", "签收", "登记核实", "内部备注一条", "现场.jpg"):
        assert words in text
    narrowed = page("reviewer1", play.number, "?show=notes")
    assert "内部备注一条" in narrowed and 'hy-event__mark" aria-hidden="true">派' not in narrowed
    assert "内部备注一条" not in page("liaison1", play.number)  # the hotline's own note


def test_a_sub_unit_and_extension_are_shown_with_their_parent(page, cast):
    play = Play(cast).handling()
    due = Assignment.objects.get(order=play.order).due_at
    play.do("liaison1", "delegate", unit="CG-1", due=due.isoformat(), opinion="请现场处理")
    text = page("liaison1", play.number)
    assert "市容管理科" in text and "二级办理" in text and "wo-task--sub" in text
    assert page("subliaison1", play.number) is not None
    assert Application.objects.count() == 0
