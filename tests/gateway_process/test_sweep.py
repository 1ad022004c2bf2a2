"""Nobody stays in a call that is over, whatever was not told."""

import asyncio

import pytest

from huying.calls.models import Call
from huying.calls.operations import move_seat
from huying.gateway.legs import Leg

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


def looks(house):
    """The gateway asks the switch what is there, as it does every half minute."""
    running = house.running[-1]
    asyncio.run_coroutine_threadsafe(running.gateway.sweep.look(), running.loop).result(20)


def test_a_telephone_in_a_call_that_the_switch_does_not_know_is_let_go_at_the_second_look(house, gateway):
    one = gateway()
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    ghost = Leg("hy-1764147600.7", "PJSIP/1001-00000007", "hy-1764147600.6", rung=True, answered=True)
    one.loop.call_soon_threadsafe(one.gateway.legs.seed, ghost)
    move_seat(seat.pk, "answered")
    looks(house)
    assert (house.state(seat), house.legs("1001")) == ("talking", [ghost])
    looks(house)
    assert house.legs("1001") == []
    house.becomes(seat, "wrap_up")


def test_a_seat_in_a_call_without_a_telephone_in_it_is_let_go_at_the_second_look(house, gateway):
    gateway()
    seat = house.sit("agent1", "1001")
    move_seat(seat.pk, "rings")
    looks(house)
    assert house.state(seat) == "ringing"
    looks(house)
    assert house.state(seat) == "ready"


def test_a_call_that_goes_on_is_left_alone(house, talk):
    for _ in range(3):
        looks(house)
    assert house.state(talk.seat) == "talking"
    assert Call.objects.get().ended_at is None
    assert talk.call.hears(880)
    talk.call.hang_up()
    house.becomes(talk.seat, "wrap_up")
