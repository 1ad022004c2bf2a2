"""A citizen's call seen by the gateway: the seat's states, the pause, the row of the call."""

import pytest

from huying.calls.models import Call, SeatState
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


def test_a_call_from_the_ring_to_ready_again(house, gateway, citizen, agent):
    gateway()
    alice = agent("1001")
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen("13800138000").dial("12345")
    ring = alice.ring()
    house.becomes(seat, "ringing")
    ring.answer()
    house.becomes(seat, "talking")
    house.waits("1001", paused=True)
    row = Call.objects.get()
    assert (row.agent, row.group) == (house.cast.staff["agent1"], house.group)
    seat.refresh_from_db()
    assert seat.call == row
    call.hang_up()
    house.becomes(seat, "wrap_up")
    house.waits("1001", paused=True)
    eventually(lambda: Call.objects.get().ended_at, seconds=5)
    from huying.calls.operations import set_state
    set_state(house.cast.actor("agent1"), seat, "finish")
    house.waits("1001", paused=False)
    assert [state.state for state in SeatState.objects.all()] == ["busy", "ready", "ringing", "talking", "wrap_up", "ready"]
