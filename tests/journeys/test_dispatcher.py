"""The dispatcher's round: down the list by keys, accept a suggestion, on to the next; returns with both clauses."""

import pytest
from playwright.sync_api import expect

from huying.workorders.models import Application, WorkOrder
from huying.workorders.workflow import State
from journeys.conftest import DESK, WALL
from journeys.keys import active, press, tab_to
from workorders.play import Play

NOISE = {"title": "夜间施工噪音扰民", "content": "渔洲坪街道工地夜里两点还在施工，影响休息", "phone": "13307700002", "name": "黄兴旺"}
HOLE = {"title": "井盖松动有异响", "content": "渔洲路井盖松动，踩上去会翻", "phone": "13307700003", "name": "农小妹"}


def waiting(cast):
    """Three to dispatch, and an earlier one like the first that went to the city management bureau."""
    Play(cast, phone="13307700009", name="韦大姐").handling()
    return [Play(cast).to_dispatch(), Play(cast, **NOISE).to_dispatch(), Play(cast, **HOLE).to_dispatch()]


def left(cast):
    return set(WorkOrder.objects.filter(state=State.TO_DISPATCH).values_list("title", flat=True))


@pytest.mark.req("R106", "R237", "R279")
def test_down_the_list_by_keyboard_alone(visit, shot, cast):
    _, noise, hole = waiting(cast)
    page = visit("dispatcher1", "/orders/desk/to_dispatch/")
    press(page, "j")
    press(page, "j")
    press(page, "k")
    press(page, "Enter")  # the first one opens beside the list, the page stays
    page.locator("#act-form").wait_for()
    page.get_by_text("海湾社区门口的路灯三天没有亮了").first.wait_for()
    page.locator("[data-list]").wait_for()
    assert active(page) == "id_unit"
    page.get_by_text("您正在处理").wait_for()  # a colleague sees who has it
    tab_to(page, "id_opinion")
    press(page, "Control+a")
    page.keyboard.type("请三天内修好并告知诉求人")
    tab_to(page, "城市管理局")  # where orders like this one went
    press(page, "Enter")
    expect(page.locator("#id_unit")).to_have_value("城市管理局（CG）")
    assert page.locator("#id_opinion").input_value() == "请三天内修好并告知诉求人"
    shot(page, "dispatcher-desk")
    press(page, "Control+Enter")
    page.get_by_text("已派单").wait_for()
    assert left(cast) == {NOISE["title"], HOLE["title"]}

    assert page.locator("tr[aria-current]").get_attribute("data-order") == noise.number  # the next is open already
    assert active(page) == "id_unit"
    page.keyboard.type("局")
    press(page, "Control+Enter")  # two units have that in their name: said beside the field, nothing lost
    page.get_by_text("2 个单位符合").first.wait_for()
    assert page.locator("#id_unit").input_value() == "局"
    page.locator("#id_unit").press("Control+a")
    page.keyboard.type("住房")
    press(page, "Control+Enter")
    expect(page.locator("tr[aria-current]")).to_have_attribute("data-order", hole.number)
    assert left(cast) == {HOLE["title"]} and WorkOrder.objects.get(number=noise.number).unit.code == "ZJ"

    tab_to(page, "直接答复")
    press(page, "Enter")
    page.locator("#id_answer").wait_for()
    tab_to(page, "id_answer")
    page.keyboard.type("已电话告知诉求人：井盖当天下午修好。")
    press(page, "Control+Enter")
    page.get_by_text("待派的工单都派出去了").wait_for()
    assert WorkOrder.objects.get(number=hole.number).direct and not left(cast)


def test_without_javascript(visit, cast):
    lamp, noise, hole = waiting(cast)
    page = visit("dispatcher1", "/orders/desk/to_dispatch/?open=first", js=False)
    page.get_by_role("link", name="看相似的历史工单").click()
    page.get_by_role("link", name="城市管理局", exact=False).first.click()
    assert "CG" in page.locator("#id_unit").input_value()
    page.get_by_role("button", name="派单").click()
    assert WorkOrder.objects.get(number=lamp.number).state == State.TO_SIGN
    assert page.locator("tr[aria-current]").get_attribute("data-order") == noise.number  # back on the list, the next is open
    page.locator("#id_unit").fill("局")
    page.get_by_role("button", name="派单").click()
    assert page.get_by_text("2 个单位符合").first.is_visible() and page.locator("#id_unit").input_value() == "局"
    page.locator("#id_unit").fill("住房")
    page.locator("#id_clause").fill("三定方案第九条")
    page.get_by_role("button", name="派单").click()
    assert page.locator("tr[aria-current]").get_attribute("data-order") == hole.number  # the next is open
    assert left(cast) == {HOLE["title"]}


def boxes(page):
    """The two clauses: where each stands."""
    return [page.locator(".wo-faces__two > div").nth(place).bounding_box() for place in (0, 1)]


@pytest.mark.req("R289")
@pytest.mark.parametrize("js", [True, False], ids=["script", "plain"])
def test_a_return_shows_both_clauses_side_by_side_and_comes_back_to_the_dispatcher(visit, shot, cast, js):
    play = Play(cast).handling(clause="城市管理局三定方案第九条：负责市政照明设施的维护")
    play.do("liaison1", "request_return", clause="市政设施移交清单第三条：小区内路灯由供水公司代管", proposed_unit="SW",
            reason="不在移交清单内")
    for user, path in (("dispatcher1", f"/orders/{play.number}/"), ("reviewer1", f"/orders/desk/returns/?open={play.number}")):
        page = visit(user, path, js=js)
        for size in (DESK, WALL):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            ours, theirs = boxes(page)
            assert ours["y"] == theirs["y"] and ours["x"] + ours["width"] <= theirs["x"]
            assert abs(ours["width"] - theirs["width"]) < 2 and page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".wo-faces__two > div").nth(0).get_by_text("第九条").is_visible()
    assert page.locator(".wo-faces__two > div").nth(1).get_by_text("移交清单第三条").is_visible()
    shot(page, "reviewer-return")
    page.get_by_label("派单错误").check()
    if js:
        press(page, "Control+Enter")
    else:
        page.get_by_role("button", name="同意退回").click()
    page.get_by_text("已同意退回").wait_for()
    assert Application.objects.get().blame == "dispatcher"

    again = visit("dispatcher1", "/orders/desk/to_dispatch/?open=first", js=js)
    again.get_by_role("link", name="自来水公司").click()  # whom the return proposed: one press
    expect(again.locator("#id_unit")).to_have_value("自来水公司（SW）")
    again.get_by_role("button", name="派单").click()
    again.get_by_text("已派单").wait_for()
    assert WorkOrder.objects.get().unit.code == "SW"


def test_a_form_is_as_high_as_what_it_asks_however_long_the_history_beside_it(visit, cast):
    play = Play(cast).handling(assistants=["ZJ"])
    for _ in range(2):  # every round leaves tasks and cancelled clocks beside the form
        play.do("dispatcher1", "recall", reason="派错了单位").do("dispatcher1", "dispatch", unit="CG", opinion="请核实路灯情况")
    page = visit("dispatcher1", f"/orders/{play.number}/do/recall/", size=DESK)
    form, button = (page.locator(name).bounding_box() for name in (".wo-form", ".wo-form__end"))
    assert form["y"] + form["height"] - button["y"] - button["height"] < 20
    assert page.locator(".wo-appeal").bounding_box()["y"] < 500  # what it is about is on the screen too
    clocks = page.locator(".hy-panel", has=page.get_by_role("heading", name="时限"))
    assert clocks.locator("tbody").get_by_text("已取消").count() == 0
    clocks.get_by_text("已取消的时限").click()
    assert clocks.locator("details li").filter(has_text="签收").first.is_visible()
