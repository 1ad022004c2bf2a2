"""The follow-up caller's day: one call for three orders, a miss, dissatisfaction, handling again; with and without script."""

import pytest

from huying.followup.models import Answers, Attempt, FollowUp
from huying.workorders.models import WorkOrder
from huying.workorders.workflow import State
from workorders.play import Play


def to_follow_up(cast, **new):
    return Play(cast, **new).handling().replied().do("reviewer1", "pass_check")


@pytest.fixture
def waiting(cast):
    """One person with two orders, another with one."""
    return [
        to_follow_up(cast), to_follow_up(cast, title="小区门口垃圾三天没有清运", content="垃圾堆在小区门口，气味很大"),
        to_follow_up(cast, phone="13307700002", name="黄兴旺", title="人行道井盖松动", content="渔洲路井盖松动，踩上去会翻"),
    ]


@pytest.mark.req("R067", "R089", "R107")
@pytest.mark.parametrize("js", [True, False], ids=["script", "plain"])
def test_follow_up_caller(visit, shot, waiting, js):
    lamp, rubbish, cover = waiting
    page = visit("followup1", "/followup/", js=js)
    page.get_by_text("2 单一起问").wait_for()
    shot(page, "follow-up-desk")

    page.get_by_role("button", name=f"回访 {cover.number}").click()
    page.get_by_role("button", name="显示号码").click()
    page.get_by_text("13307700002").wait_for()
    page.get_by_role("button", name="无人接听").click()
    page.get_by_text("已登记“无人接听”").wait_for()
    assert page.get_by_role("cell", name="1 次").is_visible()

    page.get_by_role("button", name=f"回访 {lamp.number}").click()
    page.get_by_text("此人还有 1 单待回访").wait_for()
    page.get_by_text("已于今日更换灯泡").wait_for()
    shot(page, "follow-up-work")
    page.get_by_label("联系过", exact=True).check()
    page.get_by_label("已解决", exact=True).check()
    page.get_by_label("满意", exact=True).check()
    page.get_by_label("诉求人原话").fill("修得很快，谢谢")
    page.get_by_role("button", name="完成回访").click()

    assert page.url.endswith(f"/followup/{rubbish.number}/")  # he is still on the line
    page.get_by_label("联系过", exact=True).check()
    page.get_by_label("不满意", exact=True).check()
    page.get_by_label("诉求人原话").fill("清了一半就走了")
    page.get_by_role("button", name="不满意，重办").click()
    page.get_by_text("请填写理由").first.wait_for()
    shot(page, "follow-up-refused")
    page.get_by_label("重办、督办或认定的理由").fill("现场仍有一半垃圾")
    page.get_by_label("部分解决", exact=True).check()
    page.get_by_label("只解决了一部分", exact=True).check()
    assert page.get_by_label("诉求人原话").input_value() == "清了一半就走了"
    page.get_by_role("button", name="不满意，重办").click()
    page.get_by_text("已发起重办").wait_for()

    states = dict(WorkOrder.objects.values_list("number", "state"))
    assert states == {lamp.number: State.TO_CLOSE, rubbish.number: State.HANDLING, cover.number: State.FOLLOWING_UP}
    assert Answers.objects.count() == 2 and Attempt.objects.filter(result="no_answer").count() == 1
    assert FollowUp.objects.get(order=cover.order).first_attempt_at is not None


def test_by_keyboard_alone(visit, waiting):
    """Down the list, Enter, the questions by their keys, Ctrl+Enter."""
    page = visit("followup1", "/followup/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/followup/*/")
    page.keyboard.press("Control+Enter")
    page.get_by_text("诉求人原话").wait_for()
    for key, downs in (("Alt+1", 0), ("Alt+2", 0), ("Alt+3", 1)):
        page.keyboard.press(key)
        page.keyboard.press("Space")
        for _ in range(downs):
            page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    page.get_by_text("已完成回访").wait_for()
    assert Answers.objects.get().satisfaction == "yes"
