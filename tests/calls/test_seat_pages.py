"""The phone bar and the page of one's own seat, as plain forms; what becomes of a call's form (R209, R210, R213, R220)."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache

from calls.room import furnish
from huying.calls.events import CallAnswered
from huying.calls.models import (
    Call,
    CalledNumber,
    Command,
    HelpRequest,
    Leg,
    OtherDesk,
    Phone,
    SeatSession,
    SkillGroup,
)
from huying.calls.operations import move_seat, set_state, sign_in_seat
from huying.calls.queries.call_page import page_of_call
from huying.citizens.fields import blind_index
from huying.citizens.models import Caller
from huying.kernel import bus, clock
from huying.workorders.models import Draft, OrderCall, WorkOrder
from huying.workorders.operations.drafts import MOST, typed_in
from huying.workorders.queries.similar import phone_digest
from workorders.play import Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NUMBER = "13907704321"


@pytest.fixture
def phones(cast):
    cache.clear()
    return furnish(cast)


@pytest.fixture
def as_(client, cast):
    def signed_in(username):
        client.force_login(cast.staff[username], backend=BACKEND)
        return client

    return signed_in


def call_of(cast, **more):
    caller = Caller.objects.create(
        centre=cast.demo, name="何月娥", phone=NUMBER, phone_hash=blind_index(NUMBER, purpose="phone"), labels=["老年"]
    )
    return Call.objects.create(
        centre=cast.demo, linkedid=uuid.uuid4().hex, number=NUMBER, caller=caller, called="12345",
        group=SkillGroup.objects.get(), entered_at=clock.now(), **more
    )


def talking(cast, phones):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    set_state(cast.actor("agent1"), session, "ready")
    call = call_of(cast, agent=cast.staff["agent1"])
    move_seat(session.pk, "rings", call_id=call.pk)
    move_seat(session.pk, "answered", call_id=call.pk)
    return call


@pytest.mark.req("R209", "R213")
def test_signing_in_and_every_state_by_plain_forms(as_, cast, phones):
    client = as_("agent1")
    text = client.get("/seat/").content.decode()
    assert "8001" in text and "综合组（1 级）" in text and 'id="hy-phone"' in text and "未签入" in text
    answer = client.post("/seat/", {"phone": phones["8001"].pk, "groups": [SkillGroup.objects.get().pk]}, follow=True)
    assert "已在分机 8001 签入" in answer.content.decode()
    session = SeatSession.objects.get()
    for word, said, state in (("ready", {}, "ready"), ("busy", {"reason": "meal"}, "busy"), ("ready", {}, "ready")):
        assert client.post(f"/seat/do/{word}", {**said, "next": "/orders/desk/all/"}).url == "/orders/desk/all/"
        session.refresh_from_db()
        assert session.state == state
    text = client.get("/desk/today/").content.decode()
    assert "空闲" in text and "分机 8001" in text
    client.post("/seat/do/sign_out")
    assert not SeatSession.objects.filter(ended_at=None).exists()


def test_a_bar_asked_for_by_script_comes_back_alone_and_says_what_was_refused(as_, cast, phones):
    client = as_("agent1")
    text = client.post("/seat/do/ready", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text and "请先签入" in text
    sign_in_seat(cast.actor("agent1"), phones["8001"])
    text = client.post("/seat/do/busy", {"reason": "nonsense"}, headers={"HX-Request": "true"}).content.decode()
    assert "请选择置忙原因" in text and 'role="alert"' in text
    text = client.post("/seat/do/dial", {"number": "139"}, headers={"HX-Request": "true"}).content.decode()
    assert 'role="alert"' in text and 'value="139"' in text, "what was typed stays"
    assert client.post("/seat/do/explode").status_code == 404


def test_a_bar_drawn_anew_leads_back_to_the_page_around_it(as_, cast, phones):
    """A button pressed before scripts have taken hold of the new bar is a plain form."""
    client, session = as_("agent1"), sign_in_seat(cast.actor("agent1"), phones["8001"])
    around = {"HX-Request": "true", "HX-Current-URL": "http://testserver/orders/desk/all/?page=2"}
    for answer in (client.get("/seat/bar", headers=around), client.post("/seat/do/ready", headers=around)):
        assert set(re.findall(r'name="next" value="([^"]*)"', answer.content.decode())) == {"/orders/desk/all/?page=2"}
    assert SeatSession.objects.get(pk=session.pk).state == "ready"


def test_the_way_back_never_leads_to_another_site(as_, cast, phones):
    sign_in_seat(cast.actor("agent1"), phones["8001"])
    for back in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", ""):
        assert as_("agent1").post("/seat/do/ready", {"next": back}).url == "/seat/"


def test_without_a_gateway_the_bar_says_so_and_nothing_is_pretended(as_, cast, phones):
    talking(cast, phones)
    text = as_("agent1").post("/seat/do/hold", headers={"HX-Request": "true"}).content.decode()
    assert "电话交换暂不可用" in text and "交换机断开" in text


@pytest.mark.req("R210")
def test_the_bar_shows_who_is_calling_and_leads_to_the_form(as_, cast, phones):
    OtherDesk.objects.create(centre=cast.demo, code="110", name="公安报警", number="110")
    call = talking(cast, phones)
    text = as_("agent1").get("/seat/bar").content.decode()
    assert NUMBER in text and "何月娥" in text and "老年" in text and f'data-pop="/desk/call/{call.pk}"' in text
    assert "公安报警" in text and "转接" in text
    assert NUMBER not in as_("agent2").get("/seat/bar").content.decode()


def bar_of_agent1(as_):
    return as_("agent1").get("/seat/bar").content.decode()


@pytest.mark.req("R210")
def test_while_it_rings_the_screen_shows_address_orders_and_who_talked_last(as_, cast, phones):
    old = call_of(cast, agent=cast.staff["agent2"], last_agent=cast.staff["agent2"], ended_at=clock.now())
    Call.objects.filter(pk=old.pk).update(number_hash=phone_digest(NUMBER))
    order = Play(cast, phone=NUMBER, title="路灯三天不亮", place="渔洲坪街道鱼峰路").order
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    set_state(cast.actor("agent1"), session, "ready")
    assert "dk-calling" not in bar_of_agent1(as_)
    call = Call.objects.create(
        centre=cast.demo, linkedid="ringing-now", number=NUMBER, caller=old.caller, called="12345", entered_at=clock.now(),
        group=old.group,
    )
    Leg.objects.create(centre=cast.demo, call=call, uniqueid="r1", staff=cast.staff["agent1"], extension="8001")
    move_seat(session.pk, "rings", call_id=call.pk)
    text = bar_of_agent1(as_)
    assert "dk-calling" in text and "路灯三天不亮" in text and order.state_label in text
    assert "渔洲坪街道鱼峰路" in text and cast.staff["agent2"].name in text and "老年" in text
    move_seat(session.pk, "answered", call_id=call.pk)
    assert "dk-calling" not in bar_of_agent1(as_), "now the form shows it"


def test_the_bar_says_who_is_called_and_who_talks_too(as_, cast, phones):
    call = talking(cast, phones)
    seat = {"centre": cast.demo, "call": call, "offered_at": clock.now()}
    Leg.objects.create(**seat, uniqueid="a", staff=cast.staff["agent1"], extension="8001", answered_at=clock.now())
    asked = Leg.objects.create(**seat, uniqueid="b", staff=cast.staff["agent2"], extension="8002", role=Leg.Role.CONSULT)
    other = cast.staff["agent2"].name
    text = bar_of_agent1(as_)
    assert f"正在呼叫 {other}" in text and "取消咨询" in text
    assert "/seat/do/conference" not in text, "nobody joins before answering"
    Leg.objects.filter(pk=asked.pk).update(answered_at=clock.now())
    text = bar_of_agent1(as_)
    assert f"正在咨询 {other}" in text and "/seat/do/conference" in text
    Leg.objects.filter(pk=asked.pk).update(role=Leg.Role.AGENT)
    text = bar_of_agent1(as_)
    assert f"三方通话：{other}" in text and "/seat/do/hold" not in text and "/seat/do/hangup" in text
    Leg.objects.filter(pk=asked.pk).update(ended_at=clock.now())
    assert "三方通话：" not in bar_of_agent1(as_) and "/seat/do/hold" in bar_of_agent1(as_)


@pytest.mark.req("R228")
def test_the_bar_says_what_becomes_of_whoever_is_called_into_the_talk(as_, cast, phones):
    OtherDesk.objects.create(centre=cast.demo, code="110", name="公安报警", number="110")
    call = talking(cast, phones)
    own = {"centre": cast.demo, "call": call, "offered_at": clock.now()}
    Leg.objects.create(**own, uniqueid="a", staff=cast.staff["agent1"], extension="8001", answered_at=clock.now())
    asked = Command.objects.create(centre=cast.demo, staff=cast.staff["agent1"], session=SeatSession.objects.get(), call=call,
                                   kind="conference", about={"to": "desk", "code": "110"}, state="done", created_at=clock.now())
    later = asked.created_at + timedelta(seconds=5)
    assert "正在呼叫 公安报警" in bar_of_agent1(as_)
    with clock.frozen(asked.created_at + timedelta(seconds=40)):
        assert "公安报警没有接通" in bar_of_agent1(as_)
    with clock.frozen(asked.created_at + timedelta(seconds=90)):
        assert "没有接通" not in bar_of_agent1(as_)
    Leg.objects.create(**own, uniqueid="b", number="110", desk="110", role="outside", answered_at=later)
    assert "正在呼叫" not in bar_of_agent1(as_) and "三方通话：110" in bar_of_agent1(as_)


@pytest.mark.req("R211")
def test_the_bar_says_what_becomes_of_whoever_is_asked(as_, cast, phones):
    sign_in_seat(cast.actor("agent2"), phones["8002"])
    call, other = talking(cast, phones), cast.staff["agent2"].name
    own = {"centre": cast.demo, "call": call, "extension": "8002", "role": Leg.Role.CONSULT}
    asked = Command.objects.create(
        centre=cast.demo, staff=cast.staff["agent1"], session=SeatSession.objects.get(staff=cast.staff["agent1"]), call=call,
        kind="consult", about={"to": "agent", "extension": "8002"}, state="done", created_at=clock.now(),
    )
    text = bar_of_agent1(as_)
    assert f"正在呼叫 {other}" in text and "/seat/do/cancel" in text, "said before the switch has begun"
    leg = Leg.objects.create(**own, uniqueid="b", staff=cast.staff["agent2"], offered_at=asked.created_at + timedelta(seconds=1))
    with clock.frozen(asked.created_at + timedelta(seconds=10)):
        assert f"正在呼叫 {other}" in bar_of_agent1(as_)
        Leg.objects.filter(pk=leg.pk).update(ended_at=clock.now())
        text = bar_of_agent1(as_)
        assert f"{other}没有接通" in text and "/seat/do/cancel" not in text and "/seat/do/hold" in text
        Command.objects.create(centre=cast.demo, staff=asked.staff, session=asked.session, call=call, kind="cancel",
                               state="done", created_at=clock.now())
        assert "没有接通" not in bar_of_agent1(as_), "they know what they did"


@pytest.mark.req("R211")
def test_the_bar_says_when_nobody_of_a_group_comes(as_, cast, phones):
    call, group = talking(cast, phones), SkillGroup.objects.get()
    asked = Command.objects.create(
        centre=cast.demo, staff=cast.staff["agent1"], session=SeatSession.objects.get(), call=call, kind="conference",
        about={"to": "group", "group": group.pk}, state="done", created_at=clock.now(),
    )
    at = asked.created_at + timedelta(seconds=1)
    leg = Leg.objects.create(centre=cast.demo, call=call, uniqueid="b", extension="8002", role=Leg.Role.CONSULT, offered_at=at)
    with clock.frozen(at + timedelta(seconds=15)):
        text = bar_of_agent1(as_)
        assert f"正在呼叫 {group.name}" in text and "/seat/do/complete" not in text, "called into the talk, not asked"
        Leg.objects.filter(pk=leg.pk).update(ended_at=clock.now())
        assert f"正在呼叫 {group.name}" in bar_of_agent1(as_), "the next one is rung"
        call.milestones = [{"at": clock.now().isoformat(), "kind": "asked_in_vain", "queue": group.queue}]
        call.save()
        assert f"{group.name}没有接通" in bar_of_agent1(as_)


def test_the_course_names_own_queues_and_other_hotlines(cast, phones):
    OtherDesk.objects.create(centre=cast.demo, code="110", name="公安报警", number="110")
    call, agent = talking(cast, phones), cast.staff["agent1"]
    Leg.objects.create(centre=cast.demo, call=call, uniqueid="a", staff=agent, extension="8001", offered_at=clock.now())
    at = clock.now().isoformat()
    call.milestones = [{"at": at, "kind": "queued", "queue": f"p{agent.pk}"}, {"at": at, "kind": "transferred", "to": "desk-110"}]
    facts = [fact for line in page_of_call(call).course for fact in line.facts]
    assert facts == [("队列", f"首问负责：{agent.name}"), ("去向", "公安报警")]


@pytest.mark.req("R218")
def test_the_bar_of_whoever_listens_says_to_whom(as_, cast, phones):
    talking(cast, phones)
    heard = SeatSession.objects.get()
    own = sign_in_seat(cast.actor("leader1"), phones["8002"])
    Command.objects.create(centre=cast.demo, staff=cast.staff["leader1"], kind="whisper", about={"seat": heard.pk},
                           state="done", created_at=clock.now())
    move_seat(own.pk, "rings")
    move_seat(own.pk, "answered")
    text = as_("leader1").get("/seat/bar").content.decode()
    assert f"耳语 {cast.staff['agent1'].name}" in text and "挂断" in text
    assert "/seat/do/hold" not in text and "转接" not in text and "求助班长" not in text
    assert "耳语" not in bar_of_agent1(as_)


@pytest.mark.req("R212")
def test_asking_for_help_in_a_call_leaves_the_page_where_it_is(as_, cast, phones):
    talking(cast, phones)
    text = as_("agent1").post("/seat/help", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text and "已求助班长" in text and "求助班长</button>" not in text
    row = HelpRequest.objects.get()
    as_("leader1").post(f"/calls/help/{row.pk}")
    assert f"{cast.staff['leader1'].name}来帮您" in bar_of_agent1(as_)
    as_("leader1").post(f"/calls/help/{row.pk}", {"done": "1"})
    assert "求助班长</button>" in bar_of_agent1(as_)
    assert as_("agent1").post("/seat/help", {"next": "/desk/today/"}).url == "/desk/today/"
    assert "请先签入" in as_("agent2").post("/seat/help", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.req("R220")
def test_the_form_of_a_call_is_one_and_holds_what_is_known(as_, cast, phones):
    call = talking(cast, phones)
    bus.publish(CallAnswered(call.pk, cast.demo.pk, cast.staff["agent1"].pk))
    draft = Draft.objects.get(staff=cast.staff["agent1"])
    assert typed_in(draft)["phone"] == [NUMBER] and NUMBER not in str(draft.data)
    client = as_("agent1")
    form = client.get(f"/desk/call/{call.pk}")
    assert form.url == client.get(f"/desk/call/{call.pk}").url == f"/desk/intake/{draft.key}/"
    text = client.get(form.url).content.decode()
    assert f'value="{NUMBER}"' in text and 'value="何月娥"' in text
    assert as_("agent2").get(f"/desk/call/{call.pk}").status_code == 404
    assert as_("agent1@OTHER").get(f"/desk/call/{call.pk}").status_code == 404


def test_however_many_drafts_lie_about_a_call_has_its_form(as_, cast, phones):
    call, agent = talking(cast, phones), cast.staff["agent1"]
    Draft.objects.bulk_create(Draft(key=uuid.uuid4(), staff=agent, centre=cast.demo) for _ in range(MOST))
    bus.publish(CallAnswered(call.pk, cast.demo.pk, agent.pk))
    assert Draft.objects.count() == MOST + 1
    assert f'value="{NUMBER}"' in as_("agent1").get(f"/desk/call/{call.pk}", follow=True).content.decode()


def test_an_order_written_from_a_call_is_tied_to_it(as_, cast, phones):
    call = talking(cast, phones)
    client = as_("agent1")
    url = client.get(f"/desk/call/{call.pk}").url
    typed = {
        "phone": NUMBER, "name": "何月娥", "call": str(call.pk), "caller_kind": "resident", "kind": "help", "urgency": "normal",
        "title": "路灯不亮", "template": "general", "content": "小区门口路灯坏了三天没有人修", "region": "450602", "channel": "phone",
        "address_way": "phone", "relation": "copied", "do": "submit",
    }
    whys = {f"why_{code}": "来电人不便说明" for code in ("wish", "time", "whom", "street", "house_number", "confirmed", "place", "what")}
    client.post(url, {**typed, **whys})
    order = WorkOrder.objects.get()
    assert OrderCall.objects.get().order == order and OrderCall.objects.get().call == call
    client = as_("reviewer1")
    text = client.get(f"/orders/{order.number}/").content.decode()
    assert "通话 · 受理来电" in text and "139****4321" in text


def test_an_order_is_never_tied_to_a_call_of_somebody_else(cast, phones):
    from huying.workorders.operations.calls import tie_call
    from workorders.play import Play

    play = Play(cast)
    other = Call.objects.create(centre=cast.other, linkedid="x", entered_at=clock.now())
    assert tie_call(play.order, other.pk, OrderCall.Kind.INTAKE) is None
    assert tie_call(play.order, None, OrderCall.Kind.INTAKE) is None


def test_the_phones_window_is_for_whoever_sits_at_one_in_the_browser(as_, cast, phones):
    assert "还没有签入" in as_("agent1").get("/seat/phone").content.decode()
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    assert "SIP 话机" in as_("agent1").get("/seat/phone").content.decode()
    Phone.objects.filter(pk=session.phone_id).update(kind=Phone.Kind.WEBRTC)
    answer = as_("agent1").get("/seat/phone")
    assert 'data-extension="8001"' in answer.content.decode() and "ws://" in answer["Content-Security-Policy"]
    assert "p" * 20 not in as_("agent2").get("/seat/phone").content.decode()


def test_the_citizens_phone_is_there_in_a_demonstration_only(client, cast, phones, settings):
    group = SkillGroup.objects.get()
    CalledNumber.objects.create(centre=cast.demo, number="12345", name="热线", group=group)
    settings.DEMO = True
    assert client.get("/demo/phone").status_code == 404, "no such telephone"
    Phone.objects.create(centre=cast.demo, extension="7001", kind=Phone.Kind.CITIZEN, password="c" * 20)
    text = client.get("/demo/phone").content.decode()
    assert "12345" in text and 'data-extension="7001"' in text
    settings.DEMO = False
    assert client.get("/demo/phone").status_code == 404
