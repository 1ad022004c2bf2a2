"""A citizen's call seen by the gateway: the seat's states, its place in the queue, the row of the call."""

import pytest

from huying.calls.models import Call, PhoneSetting, SeatState, SkillGroup
from huying.calls.operations import set_state, sign_out_seat
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


def states(seat):
    return [(row.state, row.reason) for row in SeatState.objects.filter(session=seat).order_by("begun_at", "id")]


@pytest.mark.req("R213")
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
    eventually(lambda: Call.objects.get().agent)
    row = Call.objects.get()
    assert (row.agent, row.group) == (house.cast.staff["agent1"], house.group)
    seat.refresh_from_db()
    assert seat.call == row
    call.hang_up()
    house.becomes(seat, "wrap_up")
    house.waits("1001", paused=True)
    eventually(lambda: Call.objects.get().ended_at)
    set_state(house.cast.actor("agent1"), seat, "finish")
    house.waits("1001", paused=False)
    assert [state for state, _ in states(seat)] == ["busy", "ready", "ringing", "talking", "wrap_up", "ready"]
    talked, row = SeatState.objects.get(state="talking"), Call.objects.get()
    assert abs((talked.begun_at - row.answered_at).total_seconds()) < 0.01
    assert row.talk_ms > 0
    sign_out_seat(house.cast.actor("agent1"), seat)
    eventually(lambda: not house.member("1001"))


@pytest.mark.parametrize("ring_seconds", [4])
def test_who_lets_it_ring_is_busy_and_is_not_rung_again(house, gateway, citizen, agent):
    gateway()
    alice = agent("1001")
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen().dial("12345")
    alice.ring().wait("ended")
    house.becomes(seat, "busy")
    assert states(seat)[-1] == ("busy", "missed")
    house.waits("1001", paused=True)
    assert alice.silent(6)
    call.hang_up()


def test_who_is_rung_when_the_caller_gives_up_is_ready_again(house, gateway, citizen, agent):
    gateway()
    alice = agent("1001")
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen().dial("12345")
    alice.ring()
    house.becomes(seat, "ringing")
    call.hang_up()
    house.becomes(seat, "ready")
    assert not house.legs("1001")
    eventually(lambda: Call.objects.get().outcome == "abandoned")


def test_two_telephones_ring_and_one_is_quicker(house, gateway, citizen, agent):
    gateway()
    alice, bob = agent("1001"), agent("1002")
    first, second = house.sit("agent1", "1001"), house.sit("agent2", "1002")
    for extension in ("1001", "1002"):
        house.waits(extension, paused=False)
    call = citizen().dial("12345")
    ring = alice.ring()
    bob.ring()
    house.becomes(second, "ringing")
    ring.answer()
    house.becomes(first, "talking")
    house.becomes(second, "ready")
    call.hang_up()


def test_a_refused_call_makes_busy(house, gateway, citizen, agent):
    gateway()
    alice = agent("1001")
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen().dial("12345")
    alice.ring().refuse()
    house.becomes(seat, "busy")
    assert states(seat)[-1] == ("busy", "missed")
    call.hang_up()


def test_after_call_work_ends_by_itself_at_its_limit(house, gateway, citizen, agent):
    PhoneSetting.objects.update(wrap_seconds=2)
    SkillGroup.objects.update(wrap_seconds=2)
    gateway()
    alice = agent("1001")
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen().dial("12345")
    alice.ring().answer()
    house.becomes(seat, "talking")
    call.hang_up()
    house.becomes(seat, "ready")
    wrap = SeatState.objects.get(state="wrap_up")
    assert (wrap.ended_at - wrap.begun_at).total_seconds() == 2
    house.waits("1001", paused=False)
    eventually(lambda: Call.objects.get().wrap_ms == 2000)


def test_a_telephone_that_is_gone_makes_busy_and_its_return_ready(house, gateway, agent, monkeypatch):
    monkeypatch.setattr("huying.gateway.phones.GRACE", 1.0)
    gateway()
    alice = agent("1001")
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    alice.register(0)
    house.becomes(seat, "busy")
    assert states(seat)[-1] == ("busy", "phone")
    alice.register()
    house.becomes(seat, "ready")
    house.waits("1001", paused=False)


def test_a_hold_is_part_of_the_facts(house, gateway, citizen, agent):
    gateway()
    alice = agent("1001")
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen().dial("12345")
    ring = alice.ring()
    ring.answer()
    house.becomes(seat, "talking")
    ring.hold()
    eventually(lambda: any(line["kind"] == "held" for line in Call.objects.get().milestones))
    ring.resume()
    call.hang_up()
    house.becomes(seat, "wrap_up")
    eventually(lambda: Call.objects.get().hold_ms > 0)
