"""A person takes an order in hand: the others are told, and a browser that dies frees it by itself (R247)."""

from datetime import timedelta

import pytest

from huying.audit.models import Event
from huying.kernel import clock
from huying.workorders.models import WorkOrder
from huying.workorders.operations.claim import HELD_FOR, HeldByOther, claim, release
from huying.workorders.queries.refusals import AlreadyDone
from workorders.play import Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def at(monkeypatch):
    """Move the clock by so many minutes."""
    start = clock.now()

    def moved(minutes):
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=minutes))

    return moved


@pytest.fixture
def as_(client, cast):
    def signed_in(user):
        client.force_login(cast.staff[user], backend=BACKEND)
        return client

    return signed_in


def holder(play):
    order = WorkOrder.objects.select_related("holder").get(pk=play.order.pk)
    return order.holder.username if order.holder and order.held_until and order.held_until > clock.now() else ""


@pytest.mark.req("R247")
def test_a_claim_keeps_colleagues_off_and_ends_by_itself_after_five_minutes(cast, at):
    play = Play(cast).to_dispatch()
    claim(actor=cast.actor("dispatcher1"), number=play.number)
    with pytest.raises(HeldByOther, match="正在处理"):
        claim(actor=cast.actor("leader1"), number=play.number)
    release(actor=cast.actor("leader1"), number=play.number)  # another's claim is not theirs to give up
    at(4)
    assert holder(play) == "dispatcher1"
    claim(actor=cast.actor("dispatcher1"), number=play.number)  # renewed: five more from here
    at(8)
    with pytest.raises(HeldByOther):
        claim(actor=cast.actor("leader1"), number=play.number)
    at(9.1)  # the dispatcher's browser died and renews no more
    assert timedelta(minutes=5) == HELD_FOR and holder(play) == ""
    claim(actor=cast.actor("leader1"), number=play.number)
    assert holder(play) == "leader1"
    release(actor=cast.actor("leader1"), number=play.number)
    assert holder(play) == ""


def test_a_claim_is_a_courtesy_and_never_blocks_the_work(cast):
    play = Play(cast).to_dispatch()
    claim(actor=cast.actor("dispatcher1"), number=play.number)
    play.do("reviewer1", "dispatch", unit="CG", opinion="请办理")
    assert play.order.state == "to_sign"
    closed = Play(cast).do("agent1", "direct_answer", answer="已在电话中答复诉求人。")
    with pytest.raises(AlreadyDone):
        claim(actor=cast.actor("dispatcher1"), number=closed.number)


@pytest.mark.req("R247")
def test_the_desk_claims_what_it_opens_and_shows_colleagues_who_has_it(cast, as_):
    play = Play(cast).to_dispatch()
    desk = f"/orders/desk/to_dispatch/?open={play.number}"
    opened = as_("dispatcher1").get(desk).content.decode()
    assert f'hx-post="/orders/{play.number}/hold"' in opened and 'hx-trigger="load"' in opened
    mine = as_("dispatcher1").post(f"/orders/{play.number}/hold", **HTMX).content.decode()
    assert "您正在处理" in mine and 'hx-trigger="every 120s"' in mine and "<html" not in mine
    other = as_("leader1").get(desk).content.decode()
    assert "工单员甲 正在处理" in other and "工单员甲 处理中" in other and 'hx-trigger="load" hx-target="#hold"' not in other
    assert "工单员甲 正在处理" in as_("leader1").post(f"/orders/{play.number}/hold", **HTMX).content.decode()
    plain = as_("leader1").post(f"/orders/{play.number}/hold", {"next": desk}, follow=True)  # without script: said, not swallowed
    assert "工单员甲 正在处理" in plain.content.decode() and holder(play) == "dispatcher1"
    as_("dispatcher1").post(f"/orders/{play.number}/hold", {"on": "0", "next": desk})
    assert holder(play) == "" and not Event.objects.filter(stream_id=play.order.pk, kind="hold").exists()


def test_nobody_holds_what_they_may_not_know_of(cast, as_):
    play = Play(cast).to_dispatch()
    for user in ("liaison1", "dispatcher1@OTHER"):
        assert as_(user).post(f"/orders/{play.number}/hold").status_code == 404
    assert holder(play) == ""
