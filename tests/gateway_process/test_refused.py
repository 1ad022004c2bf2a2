"""Telephones that say no: colleagues who call each other hear the true reason, a citizen goes on waiting; it is on record."""

import pytest

from huying.calls.models import Call, Leg
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("code", "heard", "result", "cause"), [
    (603, 403, "refused", 21), (486, 486, "refused", 17), (480, 480, "missed", 19),
])
def test_a_colleague_who_does_not_take_it(house, gateway, agent, code, heard, result, cause):
    gateway()
    alice, bob = agent("1001"), agent("1002")
    seat, other = house.sit("agent1", "1001", ready=False), house.sit("agent2", "1002")
    house.waits("1002", paused=False)
    call = alice.dial("1002", wait="ringing")
    house.becomes(seat, "talking")
    house.becomes(other, "ringing")
    bob.ring().refuse(code)
    call.wait("ended")
    assert call.code == heard
    house.becomes(other, "busy")
    house.becomes(seat, "wrap_up")
    other.refresh_from_db()
    assert (other.reason, [row.event for row in other.states.all()][-1]) == ("missed", result)
    eventually(lambda: Call.objects.get().ended_at)
    row, leg = Call.objects.get(), Leg.objects.get(extension="1002")
    assert (row.direction, row.outcome, row.cause) == ("internal", "no_answer", cause)
    assert (leg.result, leg.cause) == (result, cause)
    assert alice.dial("1002", wait="ringing")
    assert bob.ring()


def test_a_colleague_without_a_telephone_is_not_there(house, gateway, agent):
    gateway()
    call = agent("1001").dial("1002", wait="ended")
    assert call.code == 480


def test_a_citizen_whom_one_agent_refuses_is_served_by_the_next(house, gateway, agent, citizen):
    gateway()
    alice, bob = agent("1001"), agent("1002")
    seat, other = house.sit("agent1", "1001"), house.sit("agent2", "1002")
    house.waits("1001", paused=False)
    house.waits("1002", paused=False)
    call = citizen().dial("12345")
    first, second = alice.ring(), bob.ring()
    first.refuse(603)
    house.becomes(seat, "busy")
    second.answer().say(880)
    assert call.hears(880)
    house.becomes(other, "talking")
    call.hang_up()
    eventually(lambda: Call.objects.get().ended_at)
    assert dict(Leg.objects.values_list("extension", "result")) == {"1001": "refused", "1002": "answered"}
    house.waits("1001", paused=True)
