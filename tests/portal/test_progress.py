"""What the citizen reads at every point of an order's life: who, which step, until when; never an empty "in progress"."""

import re
from datetime import datetime, timedelta

import pytest

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.citizens.operations import reveal
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.portal.rules.situation import situation
from huying.workorders.workflow import State
from portal.visitor import PHONE
from workorders.play import Play

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture
def monday():
    with clock.frozen(MONDAY) as time:
        yield time


@pytest.fixture
def read(visitor, monday):
    """Read the page of a play's order as its citizen."""

    def page(play):
        visitor.prove() if "139****0001" not in visitor.page else None
        visitor.get(f"/portal/DEMO/track/{play.number}/")
        return visitor.said()

    return page


def track(visitor):
    """(label, state) of each stage."""
    return re.findall(r'is-(\w+)"[^>]*>\s*<span class="hy-track__mark".*?hy-track__label">([^<]+)<', visitor.page, flags=re.S)


@pytest.mark.req("R117")
def test_in_review(read, visitor, cast):
    said = read(Play(cast, state=State.TO_REVIEW))
    assert "12345 热线" in said and "正在审核您的诉求" in said and "这一步最晚" in said and "最晚答复您" in said
    assert track(visitor)[0] == ("current", "受理") and track(visitor)[1] == ("todo", "派单")


def test_with_a_unit(read, visitor, cast):
    said = read(Play(cast).dispatched(assistants=["ZJ"]))
    assert "已派给城市管理局，等待签收" in said and "协助办理 住房和城乡建设局" in said
    assert ("done", "派单") in track(visitor) and ("current", "签收") in track(visitor)
    said = read(Play(cast, title="另一件事").handling())
    assert "城市管理局正在核实、办理" in said and "这一步最晚" in said and "今天" not in said.split("这一步最晚")[0]
    assert "11-30 18:00" in said  # complaint: 5 workdays from Monday


def test_the_dispute_about_whose_duty_it_is_is_not_hidden(read, visitor, cast, monday):
    play = Play(cast).handling().do("liaison1", "request_return", clause="三定方案", proposed_unit="ZJ", reason="不属于我局职责")
    said = read(play)
    assert "部门间定责中 城市管理局认为不属于自己的职责，热线正在审核。办理期限照算" in said and "11-30 18:00" in said
    assert "不属于我局职责" not in said  # the unit's own words stay in the house
    play.do("reviewer1", "approve_return", blame="dispatcher")
    said = read(play)
    assert "部门间定责中 先前的单位提出不属于自己的职责" in said
    play.do("dispatcher1", "dispatch", unit="ZJ", opinion="请办理").do("liaison2", "sign")
    play.do("liaison2", "request_return", clause="三定方案", proposed_unit="SW", reason="也不属于我局职责")
    assert "热线正在裁定由谁办" in read(play)
    play.do("supervisor1", "arbitrate", unit="SW", reason="经会商确定", blame="unclear")
    said = read(play)
    assert "已定责：由自来水公司办理" in said and "已派给自来水公司" in said and said.count("部门间定责中") == 3  # in history


def test_an_extension_says_until_when(read, cast):
    play = Play(cast).handling().do("liaison1", "contact", way="phone", note="已电话联系")
    play.do("liaison1", "request_extension", workdays="3", reason="备件需要订货", proof=[play.file()])
    play.do("reviewer1", "approve_extension")
    said = read(play)
    assert "已经延期 3 个工作日" in said and "经批准延期" in said and "新的期限 12-03 18:00" in said
    assert "已与您联系" in said and "备件" not in said


def test_a_suspension_says_why_and_how_long(read, cast, monday):
    play = Play(cast).handling()
    until = (monday.at + timedelta(days=10)).isoformat()
    play.do("liaison1", "request_suspension", ground="testing", until=until, reason="送检水样", proof=[play.file()])
    play.do("supervisor1", "approve_suspension")
    said = read(play)
    assert "等待检测检验 经批准暂停计时：正在等待检测检验的结果" in said and "暂停到 12-03 09:30 ，到时自动恢复" in said


def test_the_answer_appears_when_it_has_passed_the_check(read, cast):
    play = Play(cast).handling().replied(public_reply="路灯已修复。")
    said = read(play)
    assert "热线正在逐条核对" in said and "更换灯泡" not in said
    play.do("reviewer1", "pass_check")
    said = read(play)
    assert "已于今日更换灯泡" in said and "公开答复 路灯已修复。" in said and "属实" in said and "已解决" in said
    assert "热线将给您打电话" in said


def test_closed(read, visitor, cast):
    play = Play(cast).handling().replied().to_close().do("reviewer1", "close")
    said = read(play)
    assert "已办结" in said and "评价" in said and "撤单" not in said
    assert {state for state, _ in track(visitor)} <= {"done", "skipped"}


def test_a_direct_answer_skips_what_it_skipped(read, visitor, cast):
    read(Play(cast).do("agent1", "direct_answer", answer="居住证在街道办理，带身份证。"))
    assert "居住证在街道办理" in visitor.page
    assert track(visitor) == [("done", "受理"), *[("skipped", name) for name in ("派单", "签收", "办理", "审核", "回访")], ("done", "办结")]


def test_declined_says_where_to_turn(read, visitor, cast):
    said = read(Play(cast).do("agent1", "decline", code="N04", script="请向法院起诉，诉讼服务热线 12368。"))
    assert "为什么不受理，该找谁" in said and "12368" in said
    assert track(visitor) == [("done", "受理"), ("done", "不予受理")]


def test_handled_again(read, visitor, cast):
    play = Play(cast).handling().replied().do("reviewer1", "reject_check", reason="没有回应第二点")
    said = read(play)
    assert "退回单位重新办理" in said and "没有回应第二点" not in said and "正在核实、办理" in said
    assert track(visitor)[3] == ("current", "办理") and track(visitor)[4] == ("todo", "审核")


def test_merged_shows_the_common_end(read, cast):
    first, second = Play(cast, phone="13907700002"), Play(cast)
    second.do("dispatcher1", "merge", into=first.number, reason="同一盏路灯")
    said = read(second)
    assert "合并办理" in said and first.number not in said


def test_no_name_and_no_word_of_the_house(read, cast):
    play = Play(cast).handling().do("agent1", "comment", note="此人经常来电，注意语气")
    said = read(play)
    assert "注意语气" not in said
    assert all(person.name not in said for person in cast.staff.values())


@pytest.mark.req("R167")
def test_who_looked_at_my_data_is_counted_without_names(read, cast):
    play = Play(cast)
    assert "没有人查看过" in read(play)
    contact = play.order.contact
    for name in ("agent1", "dispatcher1"):
        reveal(actor=cast.actor(name), contact=contact, field="phone", reason="电话核实情况", stream="order", stream_id=play.order.pk)
    note_access(Access.Kind.CALL, actor=cast.actor("liaison1"), centre_id=cast.demo.pk, stream="order", stream_id=play.order.pk)
    note_access(Access.Kind.VIEW, actor=cast.actor("agent1"), centre_id=cast.demo.pk, stream="order", stream_id=play.order.pk)
    said = read(play)
    assert "共 3 次" in said and said.count("查看了您的联系电话") == 2 and "通过平台拨打了您的电话" in said
    assert "话务员" not in said and "电话核实" not in said


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_sentence(state):
    words = situation(state, unit="城市管理局").words
    assert len(words) >= 4 and words not in {"办理中", "办理中。"}


def test_many_steps_and_long_words(read, cast, monday):
    play = Play(cast, content="路灯不亮。" * 900, title="路" * 100)
    for n in range(30):
        play.do("agent1", "urge", note=f"第 {n} 次催办")
    assert read(play).count("热线催办了一次") == 30


def test_files_of_ones_own_and_of_the_answer_only(visitor, cast, monday):
    from huying.workorders.models import Attachment
    from portal.visitor import photo

    order = visitor.send_in(photo=photo())
    own = order.attachments.get()
    secret = Attachment.objects.create(order=order, centre=cast.demo, purpose="evidence", name="内部.pdf", size=1,
                                       media_type="application/pdf", digest=own.digest, uploaded_by=cast.staff["liaison1"])
    page = f"/portal/DEMO/track/{order.number}/"
    assert visitor.get(f"{page}files/{own.pk}/").headers["Content-Type"] == "image/jpeg"
    assert visitor.get(f"{page}files/{secret.pk}/").status_code == 404
    visitor.get(page)
    assert "内部.pdf" not in visitor.page and PHONE not in visitor.page
