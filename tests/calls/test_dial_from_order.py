"""Calling an appellant from the order with one click: the number stays hidden, the call becomes the order's (R206)."""

from datetime import timedelta

import pytest

from calls.room import furnish
from huying.audit.models import Access
from huying.calls.events import CallEnded
from huying.calls.models import Call, Command
from huying.calls.operations import move_seat, sign_in_seat
from huying.kernel import bus, clock
from huying.workorders.models import OrderCall
from huying.workorders.operations import calls as order_calls
from workorders.play import PHONE, Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def post(client, cast, who, number):
    client.force_login(cast.staff[who], backend=BACKEND)
    return client.post(f"/orders/{number}/dial", follow=True)


def test_without_a_seat_or_a_gateway_nothing_is_pretended(client, cast):
    phones = furnish(cast)
    play = Play(cast)
    assert "须先签入坐席" in post(client, cast, "agent1", play.number).content.decode()
    sign_in_seat(cast.actor("agent1"), phones["8001"])
    assert "电话交换暂不可用" in post(client, cast, "agent1", play.number).content.decode()
    assert not Access.objects.filter(kind="call").exists()
    assert post(client, cast, "agent1@OTHER", play.number).status_code == 404
    assert post(client, cast, "liaison1", play.number).status_code == 404


def test_the_switch_is_told_the_number_the_page_never_is(client, cast, monkeypatch):
    furnish(cast)
    play, asked = Play(cast), {}
    monkeypatch.setattr(order_calls, "ask_switch", lambda **said: asked.update(said))
    text = post(client, cast, "agent1", play.number).content.decode()
    assert "正在呼叫" in text and PHONE not in text
    assert asked["secret"] == PHONE and asked["kind"] == "dial" and asked["about"] == {"to": "number", "order": play.order.pk}
    assert Access.objects.get(kind="call").stream_id == play.order.pk


@pytest.mark.req("R206")
def test_whoever_calls_from_an_order_stays_on_it_and_is_not_shown_the_number(client, cast):
    phones = furnish(cast)
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    call = Call.objects.create(centre=cast.demo, linkedid="out", direction="out", number=PHONE, entered_at=clock.now())
    asked = Command.objects.create(
        centre=cast.demo, staff=cast.staff["agent1"], session=session, kind="dial", about={"to": "number"}, created_at=clock.now(),
    )
    move_seat(session.pk, "rings", call_id=call.pk)
    move_seat(session.pk, "answered", call_id=call.pk)

    def bar():
        client.force_login(cast.staff["agent1"], backend=BACKEND)
        return client.get("/seat/bar").content.decode()

    assert PHONE in bar() and "data-pop=" in bar() and "对方还没有接听" in bar(), "dialled by hand"
    Command.objects.filter(pk=asked.pk).update(about={"to": "number", "order": Play(cast).order.pk})
    Call.objects.filter(pk=call.pk).update(answered_at=clock.now())
    assert PHONE not in bar() and "139****0001" in bar() and "data-pop=" not in bar() and "对方还没有接听" not in bar()


def dialled(cast, play, number=PHONE, after=2, agent="agent1"):
    staff, now = cast.staff[agent], clock.now()
    Command.objects.create(
        centre=cast.demo, staff=cast.staff["agent1"], kind="dial", about={"to": "number", "order": play.order.pk}, secret=PHONE,
        created_at=now,
    )
    call = Call.objects.create(
        centre=cast.demo, linkedid=f"x{after}{number}{agent}", direction="out", number=number, agent=staff,
        entered_at=now + timedelta(seconds=after),
    )
    bus.publish(CallEnded(call.pk, cast.demo.pk, "answered", False))
    return call


def test_the_call_becomes_the_orders(cast):
    play = Play(cast)
    call = dialled(cast, play)
    assert OrderCall.objects.get().call == call and OrderCall.objects.get().kind == "contact"


def test_in_follow_up_it_is_a_follow_up_call(cast):
    play = Play(cast).handling().replied().do("reviewer1", "pass_check")
    dialled(cast, play)
    assert OrderCall.objects.get().kind == "follow_up"


@pytest.mark.parametrize("other", [{"number": "13907709999"}, {"after": 600}, {"agent": "agent2"}])
def test_another_number_a_later_call_or_another_persons_is_not_tied(cast, other):
    dialled(cast, Play(cast), **other)
    assert not OrderCall.objects.exists()
