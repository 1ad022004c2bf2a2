"""Nobody leaves with open work in hand (R164)."""

import uuid

import pytest

from huying.audit.models import Event
from huying.org.operations import disable_staff, owed_by
from huying.workorders.models import Draft
from workorders.play import Play

pytestmark = pytest.mark.django_db


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


def test_disabling_is_refused_while_something_is_owed(cast):
    from huying.kernel.errors import Refusal

    Play(cast)
    with pytest.raises(Refusal):
        disable_staff(cast.actor("director1"), cast.staff["agent1"], reason="离职")
    cast.staff["agent1"].refresh_from_db()
    assert cast.staff["agent1"].is_active
