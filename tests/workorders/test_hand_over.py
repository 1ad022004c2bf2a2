"""Nobody leaves with open work in hand (R164)."""

import uuid

import pytest
from django.test import Client

from huying.audit.models import Event
from huying.org.operations import disable_staff, owed_by
from huying.workorders.models import Draft
from workorders.play import Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.mark.req("R164")
def test_open_orders_and_drafts_move_to_a_colleague(cast):
    play = Play(cast)
    leaver, other = cast.staff["agent1"], cast.staff["agent2"]
    Draft.objects.create(key=uuid.uuid4(), centre=cast.demo, staff=leaver, data={"title": "半张单"})
    (owed,) = [owed for owed in owed_by(leaver) if owed.obligation.code == "orders"]
    assert {duty.label for duty in owed.duties} == {play.number, "未提交的受理草稿"}
    assert owed.obligation.hand_over(leaver, other, cast.actor("director1")) == 2
    play.order.refresh_from_db()
    assert play.order.holder == other and Draft.objects.get().staff == other
    assert Event.objects.filter(stream_id=play.order.pk, kind="hand_over", data__now="agent2").exists()
    assert not any(owed.duties for owed in owed_by(leaver))


@pytest.mark.req("R164")
def test_the_account_is_closed_through_the_page_and_the_colleague_finds_the_orders(cast, client):
    """Out at once, also in the middle of work; the successor has the orders in the own lists and can go on."""
    play = Play(cast).do("agent1", "submit").do("reviewer1", "reject_review", reason="缺少具体楼栋，请与来电人核对")
    leaver, other = cast.staff["agent1"], cast.staff["agent2"]
    gone = Client()
    gone.force_login(leaver, backend=BACKEND)
    assert play.number in gone.get("/orders/desk/drafts/").content.decode()
    client.force_login(cast.staff["operator1"], backend=BACKEND)
    path = f"/manage/people/{leaver.pk}/disable"
    assert play.number in client.get(path).content.decode()
    assert "请填写" in client.post(path, {"reason": "离职"}).content.decode()
    assert client.post(path, {"reason": "离职", "successor": other.pk}).status_code == 302
    assert gone.get("/orders/desk/drafts/").status_code == 302  # to the sign-in page
    client.force_login(other, backend=BACKEND)
    assert play.number in client.get("/orders/desk/drafts/").content.decode()
    assert "移交" in client.get(f"/orders/{play.number}/").content.decode()
    assert play.do("agent2", "submit").order.state == "to_review"


def test_disabling_is_refused_while_something_is_owed(cast):
    from huying.kernel.errors import Refusal

    Play(cast)
    with pytest.raises(Refusal):
        disable_staff(cast.actor("director1"), cast.staff["agent1"], reason="离职")
    cast.staff["agent1"].refresh_from_db()
    assert cast.staff["agent1"].is_active
