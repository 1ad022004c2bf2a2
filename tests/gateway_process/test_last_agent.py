"""Who served a citizen last is asked first, for as long as the centre says (R214); the web is really asked whom."""

import pytest

from huying.calls.models import Call
from huying.calls.operations import set_state
from huying.calls.operations.settings import save_setting
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(scene, live_server, settings):
    settings.SWITCH = settings.SWITCH | {"web_url": live_server.url}
    return scene


@pytest.fixture
def served(house, gateway, agent, citizen):
    """agent1 at 1001 has just served 13800138000; agent2 at 1002 is ready as well."""
    gateway()
    alice, bob = agent("1001"), agent("1002")
    seat, other = house.sit("agent1", "1001"), house.sit("agent2", "1002")
    house.waits("1001", paused=False)
    house.waits("1002", paused=False)
    call = citizen().dial("12345")
    alice.ring().answer()
    bob.ring().wait("ended")
    house.becomes(seat, "talking")
    call.hang_up()
    eventually(lambda: Call.objects.get().ended_at)
    return alice, bob, seat, other


def ready(house, seat, extension):
    set_state(house.cast.actor(seat.staff.username), seat, "ready")
    house.waits(extension, paused=False)


@pytest.mark.req("R214")
@pytest.mark.parametrize("seconds", [2, 8])
def test_the_wait_for_the_last_agent_is_the_centres(house, served, citizen, seconds):
    alice, bob, seat, other = served
    save_setting(actor=house.cast.actor("director1"), centre=house.cast.demo, values={"last_agent_seconds": seconds})
    queue = f"p{seat.staff_id}"
    eventually(lambda: f"({queue},{seconds})" in house.node.cli(f"dialplan show last-{queue}@ask-agent"))
    ready(house, seat, "1001")
    call = citizen().dial("12345")
    first, second = alice.ring(), bob.ring()
    first.wait("ended")
    second.answer()
    house.becomes(other, "talking")
    house.becomes(seat, "busy")
    call.hang_up()
    eventually(lambda: not Call.objects.filter(ended_at=None).exists())
    legs = Call.objects.latest("entered_at").legs
    asked, others = legs.earliest("offered_at"), legs.get(extension="1002")
    assert asked.extension == "1001"
    assert seconds - 0.5 < (others.offered_at - asked.offered_at).total_seconds() < seconds + 5


@pytest.mark.req("R214")
def test_without_such_a_wait_everybody_is_asked_at_once(house, served, citizen):
    alice, bob, seat, _ = served
    save_setting(actor=house.cast.actor("director1"), centre=house.cast.demo, values={"last_agent_seconds": 0})
    ready(house, seat, "1001")
    call = citizen().dial("12345")
    other, own = bob.ring(), alice.ring()
    assert own.state == other.state == "ringing"
    call.hang_up()
