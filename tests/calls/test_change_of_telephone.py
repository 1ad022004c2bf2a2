"""Signing in at another telephone while a call is in hand at the first (R209)."""

from datetime import timedelta

import pytest

from calls.room import furnish
from huying.calls.models import Call, SkillGroup, SwitchState
from huying.calls.operations import force_state, move_seat, sign_in_seat
from huying.calls.operations.seats import NoPhone
from huying.calls.queries.seats import seat_of
from huying.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def phones(cast):
    return furnish(cast)


@pytest.fixture
def talking(cast, phones):
    """agent1 talks at 8001, and the switch is there."""
    SwitchState.objects.create(node="hy", connected=True, gateway_seen_at=clock.now())
    call = Call.objects.create(centre=cast.demo, linkedid="hy-1", node="hy", entered_at=clock.now())
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    return move_seat(session.pk, "answered", call_id=call.pk)


def test_who_is_in_a_call_stays_at_its_telephone_and_is_told_what_to_do(cast, phones, talking):
    agent = cast.actor("agent1")
    other = sign_in_seat(cast.actor("agent2"), phones["8002"])
    with pytest.raises(NoPhone, match=r"分机 8001 上还有通话，.*请先在话务条上挂断.*请班长强制签出"):
        sign_in_seat(agent, phones["8002"])
    assert seat_of(cast.staff["agent1"]) == talking and seat_of(cast.staff["agent2"]) == other
    again = sign_in_seat(agent, phones["8001"])  # a second window
    assert (again.pk, again.state, again.call_id) == (talking.pk, "talking", talking.call_id)
    move_seat(talking.pk, "hung_up")
    assert "接管" in sign_in_seat(agent, phones["8003"]).taken_over


def test_the_sign_in_page_says_why(client, cast, phones, talking):
    client.force_login(cast.staff["agent1"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/seat/", {"phone": phones["8002"].pk, "groups": [SkillGroup.objects.get().pk]})
    assert answer.status_code == 422 and "您在分机 8001 上还有通话" in answer.content.decode()
    assert client.post("/seat/", {"phone": phones["8001"].pk, "groups": [SkillGroup.objects.get().pk]}).status_code == 302
    talking.refresh_from_db()
    assert (talking.state, talking.ended_at) == ("talking", None)


def test_a_telephone_that_rings_is_not_left_either(cast, phones, talking):
    move_seat(talking.pk, "hung_up")
    move_seat(talking.pk, "rings")
    with pytest.raises(NoPhone, match="8001 上还有通话"):
        sign_in_seat(cast.actor("agent1"), phones["8003"])


def forced_out(cast, session):
    force_state(cast.actor("leader1"), session, "force_out", "话机失灵")


@pytest.mark.parametrize("way_out", [
    forced_out,
    lambda cast, session: Call.objects.filter(pk=session.call_id).update(ended_at=clock.now()),
    lambda cast, session: SwitchState.objects.update(connected=False),
    lambda cast, session: SwitchState.objects.update(gateway_seen_at=clock.now() - timedelta(seconds=9)),
    lambda cast, session: SwitchState.objects.update(node="other"),
], ids=["forced_out", "ended", "switch_away", "gateway_away", "other_node"])
def test_nobody_is_locked_out_by_a_call_that_cannot_be_ended(cast, phones, talking, way_out):
    way_out(cast, talking)
    again = sign_in_seat(cast.actor("agent1"), phones["8003"])
    talking.refresh_from_db()
    assert (again.state, again.phone.extension) == ("busy", "8003")
    assert talking.ended_at is not None
