"""Each decision at intake, by plain posts: created and decided in one step, and nothing typed is lost."""

from uuid import uuid4

import pytest

from huying.audit.models import Event
from huying.messaging.models import Message
from huying.workorders.models import Draft, Link, Reward, WorkOrder
from huying.workorders.operations import PERFORMERS
from huying.workorders.workflow import State


def steps(order):
    return list(Event.objects.filter(stream="order", stream_id=order.pk).order_by("seq").values_list("kind", flat=True))


@pytest.mark.req("R277")
def test_direct_answer_closes_at_once(desk):
    page = desk().send("answer", kind="consultation", answer="请持身份证到便民服务中心办理。")
    order = WorkOrder.objects.get()
    assert (order.state, order.direct, order.answer) == (State.CLOSED, True, "请持身份证到便民服务中心办理。")
    assert steps(order) == ["create", "direct_answer"]
    assert order.number in page.content.decode()
    assert [message.scene for message in Message.objects.all()] == ["answered"]


@pytest.mark.req("R035")
def test_sent_to_review(desk):
    desk().send("submit", point=["路灯不亮", "", "线路裸露"], is_group="on", event_at="2026-11-20T20:30")
    order = WorkOrder.objects.get()
    assert order.state == State.TO_REVIEW
    assert steps(order) == ["create", "submit"]
    assert [point.text for point in order.points.all()] == ["路灯不亮", "线路裸露"]
    assert (order.region_id, order.place, order.is_group) == ("450602001001", "兴港大道", True)
    assert order.event_at.isoformat() == "2026-11-20T12:30:00+00:00"
    assert (order.address_confirmed_by, order.address_confirmed_at) == ("phone", order.created_at)
    assert (order.contact.name, order.contact.phone, order.contact.address) == ("张小满", "13907700001", "88 号 3 栋 501")
    assert order.holder is None
    assert order.clocks.filter(kind="review", state="running").count() == 1


def test_dispatched_from_the_same_page(desk, cast):
    desk("dispatcher1").send("dispatch", unit="CG 城市管理局", opinion="请核实并答复")
    order = WorkOrder.objects.get()
    assert (order.state, order.unit) == (State.TO_SIGN, cast.units["CG"])
    assert steps(order) == ["create", "dispatch"]
    assert order.assignments.get().opinion == "请核实并答复"


@pytest.mark.parametrize("unit, words", [("", "请选择承办单位"), ("消防", "没有“消防”这个单位"), ("管理", "有几家")])
def test_unit_that_cannot_be_told_apart_is_asked_again(desk, unit, words):
    page = desk("dispatcher1").send("dispatch", unit=unit, opinion="请核实并答复")
    assert page.status_code == 422
    assert words in page.content.decode()
    assert "海湾社区路灯不亮" in page.content.decode()
    assert not WorkOrder.objects.exists()


def test_agent_may_not_dispatch(desk):
    page = desk().open()
    assert 'value="dispatch"' not in page.content.decode()
    assert desk().send("dispatch", unit="CG", opinion="请核实").status_code == 404
    assert not WorkOrder.objects.exists()


@pytest.mark.parametrize("script, said", [("", "请拨打当地区号加 12345"), ("请您联系钦州 12345。", "请您联系钦州 12345。")])
def test_declined_with_code_script_and_channel(desk, script, said):
    desk().send("decline", decline_code="N02", script=script)
    order = WorkOrder.objects.get()
    assert (order.state, order.decline_code) == (State.DECLINED, "N02")
    assert said in order.answer
    event = Event.objects.get(kind="decline")
    assert event.data["channel"] == "管辖地 12345"
    assert [message.scene for message in Message.objects.all()] == ["declined"]


def test_declining_needs_a_code(desk):
    page = desk().send("decline")
    assert page.status_code == 422
    assert "请选择不予受理情形" in page.content.decode()
    assert not WorkOrder.objects.exists()


def test_script_of_a_code_is_filled_in_without_javascript(desk):
    page = desk().send(refresh="script", decline_code="N07")
    assert page.context["decision"]["script"].value().startswith("为保护诉求人隐私")
    assert page.context["open"] == "decline"


def test_error_keeps_everything_typed(desk):
    page = desk().send("submit", without=["kind", "title"], point=["第一件", "第二件"], answer="写了一半的答复")
    assert page.status_code == 422
    text = page.content.decode()
    for typed in ("请选择诉求类型", "请写标题", "城管一直没人来修", "第二件", "写了一半的答复", "88 号 3 栋 501", "13907700001"):
        assert typed in text
    assert not WorkOrder.objects.exists()


@pytest.mark.parametrize("change, words", [
    ({"event_at": "2999-01-01T00:00"}, "事发时间不能晚于现在"), ({"event_at": "昨天"}, "事发时间请写成"),
    ({"content": "短"}, "诉求内容至少写 5 个字"), ({"place_find": "不存在的地方"}, "没有找到这个地方"),
    ({"kind": "nonsense"}, "nonsense"), ({"title": "长" * 101}, "100"),
])
def test_wrong_values_are_named_beside_their_field(desk, change, words):
    page = desk().send("submit", **change)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not WorkOrder.objects.exists()


def test_second_submit_shows_the_first_order(desk):
    agent = desk()
    first = agent.send("submit")
    second = agent.send("submit", title="改了标题再提交")
    order = WorkOrder.objects.get()
    assert order.number in first.content.decode()
    assert order.number in second.content.decode()
    assert not Draft.objects.exists()


def test_key_of_another_person_is_not_there(desk):
    agent = desk()
    agent.send(refresh="look")
    other = desk("agent2")
    assert other.open(agent.key).status_code == 404
    other.key = agent.key
    assert other.send(refresh="look").status_code == 404
    assert other.send("submit").status_code == 404
    assert not WorkOrder.objects.exists()


@pytest.mark.req("R098")
def test_confidential_report_gets_its_reward_code_once(desk):
    agent = desk()
    page = agent.send(
        "submit", kind="report", template="safety_report", x_enterprise="某某烟花厂", x_hazard="fire",
        content="某某烟花厂昨天在居民楼一楼存放成品，有火灾隐患，请查处。", why_danger="尚未发生",
    )
    order = WorkOrder.objects.get()
    assert order.fields == {"enterprise": "某某烟花厂", "hazard": "fire"}
    assert (order.confidential, order.is_special) == (True, True)
    assert Reward.objects.get().order == order
    assert "举报奖励查询码" in page.content.decode()
    assert "举报奖励查询码" not in agent.open(agent.key).content.decode()


def test_special_service_must_be_reviewed_before_it_is_dispatched(desk):
    page = desk("dispatcher1").send(
        "dispatch", unit="CG", opinion="请核实并答复", template="mayor_mailbox", x_letter_subject="路灯", x_reply_way="phone"
    )
    assert page.status_code == 422
    assert "须先送审" in page.content.decode()
    assert not WorkOrder.objects.exists()


def test_template_brings_its_fields_and_keeps_the_rest(desk):
    page = desk().send(refresh="template", template="mayor_mailbox")
    text = page.content.decode()
    assert 'name="x_letter_subject"' in text
    assert "城管一直没人来修" in text
    page = desk().send("submit", template="mayor_mailbox")
    assert "请填写来信主题" in page.content.decode()


@pytest.mark.req("R274")
@pytest.mark.parametrize("channel", ["mail", "media", "visit"])
def test_other_channels_are_entered_by_hand(desk, channel):
    desk().send("submit", channel=channel, external_number="RM-2026-0088")
    order = WorkOrder.objects.get()
    assert (order.channel, order.external_number) == (channel, "RM-2026-0088")


def test_anonymous_keeps_no_name(desk):
    desk().send("submit", caller_kind="anonymous", without=["phone"])
    order = WorkOrder.objects.get()
    assert (order.contact.name, order.caller) == ("", None)


@pytest.mark.req("R275")
def test_reuse_takes_text_and_place_but_neither_clock_nor_rating(desk):
    desk().send("answer", answer="已经修好，请放心。")
    old = WorkOrder.objects.get()
    WorkOrder.objects.filter(pk=old.pk).update(satisfaction="no")
    agent = desk()
    page = agent.client.post(agent.url, {"_refresh": f"reuse:{old.number}", "phone": "13907700001"})
    typed = page.context["form"].typed
    assert (typed["title"], typed["place"], typed["name"], typed["reused"]) == (old.title, "兴港大道", "张小满", old.number)
    agent.send("submit", reused=old.number, why_repeat_closed="再次损坏，出现新情况")
    new = WorkOrder.objects.exclude(pk=old.pk).get()
    assert (new.satisfaction, new.answer, new.direct, new.state) == ("", "", False, State.TO_REVIEW)
    assert new.due_at > old.created_at
    assert set(new.links.values_list("kind", "other")) == {(Link.Kind.COPY, old.pk), (Link.Kind.REPEAT, old.pk)}


def test_reuse_of_anothers_order_brings_no_contact(desk):
    desk().send("submit")
    old = WorkOrder.objects.get()
    agent = desk()
    page = agent.client.post(agent.url, {"_refresh": f"reuse:{old.number}", "phone": "13800000000"})
    typed = page.context["form"].typed
    assert typed["title"] == old.title
    assert not typed.get("name")
    assert not typed.get("address")
    assert typed["phone"] == "13800000000"


def test_reuse_from_another_city_is_not_there(desk):
    desk().send("submit")
    stranger = desk("agent1@OTHER")
    answer = stranger.client.post(stranger.url, {"_refresh": f"reuse:{WorkOrder.objects.get().number}"})
    assert answer.status_code == 404


def test_same_matter_still_open_is_an_urge(desk):
    desk().send("submit")
    order = WorkOrder.objects.get()
    page = desk().send("submit", content="海湾社区门口的路灯三天了还没有亮，城管一直没人来修，希望尽快修好。")
    assert page.status_code == 422
    assert f"urge:{order.number}" in page.content.decode()
    agent = desk()
    page = agent.send(f"urge:{order.number}", urge_note="来电人第二次来电，仍未修好")
    again = agent.send(f"urge:{order.number}")
    order.refresh_from_db()
    assert WorkOrder.objects.count() == 1
    assert order.urge_count == 1
    assert steps(order)[-1] == "urge"
    assert order.number in page.content.decode()
    assert "没有重复登记" in again.content.decode()
    assert not Draft.objects.filter(key=agent.key).exists()


def test_somebody_elses_order_is_not_urged(desk):
    desk().send("submit")
    order = WorkOrder.objects.get()
    page = desk().send(f"urge:{order.number}", phone="13800000000")
    assert page.status_code == 422
    assert "不是该来电人的" in page.content.decode()
    order.refresh_from_db()
    assert order.urge_count == 0


def test_nothing_of_a_failed_decision_remains(desk, monkeypatch):
    def fail(step, data):
        raise RuntimeError("the plug was pulled")

    monkeypatch.setitem(PERFORMERS, "submit", fail)
    agent = desk()
    agent.client.raise_request_exception = False
    assert agent.send("submit").status_code == 500
    assert not WorkOrder.objects.exists()
    assert Draft.objects.get().key == agent.key
    assert "海湾社区路灯不亮" in agent.open(agent.key).content.decode()


def test_scripts_in_text_are_only_text(desk):
    evil = '<script>alert("x")</script>'
    page = desk().send("submit", title=evil, content=evil * 3, place=evil, why_what="x" * 3, without=["kind"])
    assert evil not in page.content.decode()
    assert "&lt;script&gt;" in page.content.decode()


def test_form_refuses_a_foreign_origin(desk, cast):
    from django.test import Client

    agent = desk()
    agent.client = Client(enforce_csrf_checks=True)
    agent.client.force_login(cast.staff["agent1"], backend="django.contrib.auth.backends.ModelBackend")
    assert agent.send("submit").status_code == 403
    assert not WorkOrder.objects.exists()


def test_visitor_is_asked_to_sign_in_and_a_unit_finds_nothing(cast, client):
    from django.urls import reverse

    for name, args in (("start", []), ("intake", [uuid4()]), ("today", []), ("caller", []), ("beside", []), ("places", [])):
        answer = client.post(reverse(f"desk:{name}", args=args))
        assert answer.status_code == 302 and "sign-in" in answer.url, name
    client.force_login(cast.staff["liaison1"], backend="django.contrib.auth.backends.ModelBackend")
    for name, args in (("start", []), ("intake", [uuid4()]), ("today", [])):
        assert client.get(reverse(f"desk:{name}", args=args)).status_code == 404


@pytest.mark.req("R123")
def test_re_examination_is_tied_to_the_original(desk):
    desk().send("answer", answer="已经修好，请放心。")
    old = WorkOrder.objects.get()
    agent = desk()
    page = agent.client.post(agent.url, {"_refresh": f"reuse:{old.number}", "phone": "13907700001"})
    assert "复查原单" in page.content.decode()
    agent.send("submit", reused=old.number, relation="reviews", why_repeat_closed="市级回访不满意，复查")
    new = WorkOrder.objects.exclude(pk=old.pk).get()
    assert new.links.filter(kind=Link.Kind.REVIEW, other=old).exists()
    assert not new.links.filter(kind=Link.Kind.COPY).exists()


def test_drafts_that_are_full_do_not_stop_an_appeal(desk, cast):
    Draft.objects.bulk_create(
        Draft(key=uuid4(), centre=cast.demo, staff=cast.staff["agent1"]) for _ in range(200)
    )
    page = desk().send(refresh="look")
    assert "草稿已有 200 份" in page.content.decode()
    assert desk().send("draft").status_code == 422
    assert desk().send("submit").status_code == 200
    assert WorkOrder.objects.exists()
