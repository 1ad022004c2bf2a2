"""Left and right of the form: who calls, what is alike, where it is, what is missing."""

import pytest
from django.urls import reverse

from huying.audit.models import Access, Event
from huying.citizens.models import Caller
from huying.workorders.models import WorkOrder
from huying.workorders.queries.timeline import facts_of


def panel(agent, name, **data):
    return agent.client.post(reverse(f"desk:{name}"), data).content.decode()


@pytest.mark.req("R043")
def test_caller_is_known_by_the_number_and_masked(desk):
    desk().send("submit")
    desk().send("answer", title="咨询居住证", kind="consultation", content="办理居住证需要带什么材料？", answer="带身份证。")
    Caller.objects.update(labels=["老年人"])
    text = panel(desk(), "caller", phone="+86 139-0770-0001")
    for shown in ("张**", "139****0001", "老年人", "海湾社区路灯不亮", "咨询居住证", "催办", "复用"):
        assert shown in text
    for hidden in ("张小满", "13907700001", "88 号"):
        assert hidden not in text
    assert "没有历史工单" in panel(desk(), "caller", phone="13800000000")
    assert panel(desk(), "caller", phone="139").count("催办") == 0


def test_another_city_does_not_know_the_caller(desk):
    desk().send("submit")
    text = panel(desk("agent1@OTHER"), "caller", phone="13907700001")
    assert "第一次来电" in text


def test_known_name_is_brought_in_and_recorded(desk):
    desk().send("submit")
    agent = desk()
    page = agent.client.post(agent.url, {"_refresh": "caller", "phone": "13907700001", "gender": ""})
    typed = page.context["form"].typed
    assert (typed["name"], typed["gender"]) == ("张小满", "female")
    assert not typed.get("address")
    assert Access.objects.get(kind="reveal").field == "contact"


def test_orders_alike_open_ones_first(desk):
    desk().send("answer", answer="已经修好。")
    desk().send("submit", phone="13800000000", why_repeat_open="x")
    social = {"title": "咨询社保缴费", "content": "想咨询灵活就业人员社保怎么缴费，请告诉我流程。", "kind": "consultation"}
    desk().send("submit", phone="13800000001", **social)
    text = panel(desk(), "beside", title="路灯不亮", content="海湾社区的路灯不亮了", phone="13907700001", template="general")
    assert "同一来电人" in text
    assert text.index("待审核") < text.index("已办结")
    assert "社保" not in text.split("话术")[0]


def test_orders_are_found_by_number_and_words(desk):
    desk().send("submit")
    order = WorkOrder.objects.get()
    for asked in (order.number, "路灯 海湾"):
        assert order.title in panel(desk(), "beside", q=asked, template="general")
    assert "没有找到" in panel(desk(), "beside", q="地铁", template="general")
    assert order.title not in panel(desk("agent1@OTHER"), "beside", q=order.number, template="general")


def test_script_follows_the_type(desk):
    assert "反映的是哪家单位" in panel(desk(), "beside", kind="complaint", template="general")
    assert "您要表扬的单位" in panel(desk(), "beside", kind="praise", template="general")


def test_place_is_completed_over_four_levels(desk):
    agent = desk()
    text = agent.client.get(reverse("desk:places"), {"place_find": "海湾"}).content.decode()
    assert "港口区渔洲坪街道海湾社区" in text
    assert "另一市" not in agent.client.get(reverse("desk:places"), {"place_find": "市"}).content.decode()
    children = agent.client.get(reverse("desk:regions"), {"parent": "450602"}).content.decode()
    assert "渔洲坪街道" in children
    page = agent.send(refresh="place", place_find="海湾社区", without=[f"region_{level}" for level in range(4)])
    levels = page.context["form"]["region"].value()
    assert levels == "450602001001"
    agent.send("submit", place_find="渔洲坪街道", without=[f"region_{level}" for level in range(4)])
    assert WorkOrder.objects.get().region_id == "450602001"


@pytest.mark.req("R104")
def test_hint_is_passed_over_with_a_reason(desk):
    agent = desk()
    page = agent.send("submit", address="", place="兴港大道")
    assert page.status_code == 422
    assert [hint.code for hint, _ in page.context["asked"]] == ["house_number"]
    assert "地址缺门牌号" in page.content.decode()
    agent.send("submit", address="", place="兴港大道", why_house_number="来电人说不清")
    assert WorkOrder.objects.exists()
    passed = Event.objects.get(kind="create").data["overrides"]
    assert passed == {"house_number": "来电人说不清"}
    assert facts_of({"overrides": passed}) == [("受理提示", "门牌：来电人说不清")]


def test_hints_are_shown_while_typing(desk):
    text = panel(desk(), "beside", kind="praise", title="投诉", content="我要投诉城管乱收费，请处理", template="general")
    assert "类型是表扬" in text
    assert 'id="hints"' in text


def test_a_consultation_answered_at_once_is_not_asked_for_a_place(desk):
    desk().send(
        "answer", kind="consultation", title="居住证", content="办理居住证需要什么材料？", answer="带身份证。",
        without=["place", "address", "confirmed", "region_0", "region_1", "region_2", "region_3", "phone"],
    )
    assert WorkOrder.objects.get().direct


def test_today_counts_and_lists(desk, cast):
    from huying.workorders.operations import act

    agent = desk()
    agent.send("submit", urgency="critical")
    order = WorkOrder.objects.get()
    act(actor=cast.actor("reviewer1"), number=order.number, code="reject_review", data={"reason": "缺少具体楼栋"})
    desk().send("answer", title="咨询", kind="consultation", content="办理居住证需要什么材料？", answer="带身份证。")
    text = agent.client.get(reverse("desk:today")).content.decode()
    assert "缺少具体楼栋" in text
    assert "审核员甲" in text
    figures = dict(agent.client.get(reverse("desk:today")).context["figures"])
    assert (figures["受理"], figures["直接答复"], figures["送审"]) == (2, 1, 1)
    assert desk("agent2").client.get(reverse("desk:today")).context["returned"] == []
