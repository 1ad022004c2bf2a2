"""The agent's calls by keyboard alone: known caller, hints, place by name, crash, urge, direct answer, refusal."""

import pytest

from huying.audit.models import Event
from huying.workorders.models import Draft, WorkOrder
from huying.workorders.workflow import State
from journeys.keys import active, press, tab_back_to, tab_to, write
from workorders.play import PHONE, Play

CONTENT = "海湾社区门口的路灯三天没有亮了，城管一直没人来修，希望尽快修好。"


@pytest.mark.req("R237", "R248")
def test_agent_takes_a_call_without_the_mouse(visit, shot, cast):
    Play(cast, title="小区停水两天", content="海湾社区 3 栋昨天早上开始停水，希望尽快供水")
    page = visit("agent1", "/desk/")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert active(page) == "id_phone"
    page.keyboard.type(PHONE)
    press(page, "Enter")  # Enter goes on, it does not send
    page.get_by_text("小区停水两天").first.wait_for()
    assert active(page) == "id_name"
    page.keyboard.type("张小满")
    press(page, "Alt+2")
    assert active(page) == "id_kind_0"
    for _ in range(3):
        press(page, "ArrowRight")  # from none over 咨询, 求助 to 投诉
    kind = page.evaluate("document.querySelector('input[name=kind]:checked').value")
    assert kind in {"complaint", "report"}
    if kind == "report":
        press(page, "ArrowLeft")
    write(page, "id_title", "海湾社区路灯不亮")
    write(page, "id_content", CONTENT)
    press(page, "Alt+0")
    page.locator("#point-2").wait_for()
    page.locator("#point-2:focus").wait_for()
    page.keyboard.type("线路裸露")
    press(page, "Alt+3")
    page.keyboard.type("海湾")
    page.locator("#places option").first.wait_for(state="attached")
    press(page, "Tab")
    page.locator("#id_place:focus").wait_for()
    assert page.locator("#id_region_3").input_value() == "450602001001"
    page.keyboard.type("兴港大道")
    press(page, "Enter")
    assert active(page) == "id_address"
    page.get_by_text("请问您反映的是哪家单位").wait_for()
    shot(page, "agent-intake")
    press(page, "Control+Enter")
    page.get_by_text("请补全，或逐条写明理由后提交").wait_for()
    assert WorkOrder.objects.count() == 1
    shot(page, "agent-hints")
    page.keyboard.type("来电人说不清")
    press(page, "Enter")
    page.keyboard.type("路口即可找到")
    press(page, "Control+Enter")
    page.get_by_text("登记下一个").wait_for()
    shot(page, "agent-done")
    order = WorkOrder.objects.get(title="海湾社区路灯不亮")
    assert (order.state, order.region_id, order.contact.name) == (State.TO_REVIEW, "450602001001", "张小满")
    assert [point.text for point in order.points.all()] == ["线路裸露"]
    assert set(Event.objects.get(stream_id=order.pk, kind="create").data["overrides"]) == {"house_number", "confirmed"}
    press(page, "Control+Enter")
    page.locator("#id_phone").wait_for()
    assert active(page) == "id_phone"


@pytest.mark.req("R220")
def test_crash_and_the_second_call(visit, cast):
    open_one = Play(cast)
    page = visit("agent1", "/desk/")
    address = page.url
    page.keyboard.type(PHONE)
    press(page, "Alt+2")
    write(page, "id_title", "还是路灯")
    write(page, "id_content", "上次反映的路灯")
    page.get_by_text("已暂存").wait_for()
    page.keyboard.type("还没有修好")
    page.goto("about:blank")  # the browser dies before the next save
    page.goto(address)
    assert page.locator("#id_content").input_value().startswith("上次反映的路灯")
    assert page.locator("#id_phone").input_value() == PHONE
    tab_to(page, "催办")
    press(page, "Enter")
    page.get_by_text("已催办，没有另立新单").wait_for()
    open_one.order.refresh_from_db()
    assert open_one.order.urge_count == 1
    assert WorkOrder.objects.count() == 1
    assert not Draft.objects.exists()


def test_direct_answer_and_refusal_open_in_place(visit, shot, cast):
    page = visit("agent1", "/desk/")
    page.keyboard.type("13800000000")
    press(page, "Alt+2")
    press(page, "Space")  # 咨询
    write(page, "id_title", "居住证办理")
    write(page, "id_content", "外地户口，想咨询办理居住证需要什么材料？")
    press(page, "Alt+5")
    page.locator("#id_answer:focus").wait_for()
    page.keyboard.type("请持身份证和居住证明到街道便民服务中心办理。")
    shot(page, "agent-answer")
    press(page, "Escape")
    assert active(page).startswith("直接答复")
    press(page, "Alt+8")
    page.locator("#id_decline_code:focus").wait_for()
    page.keyboard.type("N02")
    page.get_by_text("管辖地 12345", exact=True).wait_for()
    assert "区号加 12345" in page.locator("#id_script").input_value()
    shot(page, "agent-decline")
    press(page, "Escape")
    press(page, "Alt+5")
    press(page, "Control+Enter")
    page.get_by_text("已直接答复并办结").wait_for()
    assert WorkOrder.objects.get().direct


@pytest.mark.req("R237")
def test_without_javascript(visit, shot, cast):
    Play(cast, title="小区停水两天", content="海湾社区 3 栋昨天早上开始停水，希望尽快供水")
    page = visit("agent1", "/desk/", js=False)
    tab_to(page, "id_phone")
    page.keyboard.type(PHONE)
    press(page, "Enter")  # the page comes back with who it is
    page.get_by_text("小区停水两天").first.wait_for()
    tab_to(page, "id_kind_0")
    press(page, "Space")
    for _ in range(2):
        press(page, "ArrowRight")
    write(page, "id_title", "海湾社区路灯不亮")
    write(page, "id_content", CONTENT)
    write(page, "id_place_find", "海湾社区")
    write(page, "id_place", "兴港大道")
    write(page, "id_address", "88 号")
    tab_to(page, "id_confirmed")
    press(page, "Space")
    tab_to(page, "不予受理")
    press(page, "Enter")
    page.locator("#id_decline_code").wait_for()
    tab_to(page, "暂存")
    page.keyboard.press("Shift+Tab")
    tab_back_to(page, "送审")
    shot(page, "agent-plain")
    press(page, "Enter")
    page.get_by_text("登记下一个").wait_for()
    order = WorkOrder.objects.get(title="海湾社区路灯不亮")
    assert (order.state, order.kind, order.region_id, order.address_confirmed_by) == (
        State.TO_REVIEW, "complaint", "450602001001", "phone"
    )


def test_returned_order_and_draft_wait_on_todays_page(visit, shot, cast):
    play = Play(cast).do("agent1", "submit").do("reviewer1", "reject_review", reason="缺少具体楼栋，请与来电人核对")
    page = visit("agent1", "/desk/today/")
    page.get_by_text("缺少具体楼栋，请与来电人核对").wait_for()
    page.get_by_text(play.order.title).first.wait_for()
    shot(page, "agent-today")
    press(page, "Control+Enter")
    page.locator("#id_phone").wait_for()
