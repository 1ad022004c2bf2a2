"""A call-back asked for by key, with real telephones: the place is kept, its turn comes, and who is free is put through (R042)."""

import pytest

from huying.calls.models import Call, CallBack, SeatSession
from huying.calls.operations import set_state
from huying.calls.queries.numbers import hash_of
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]
FIRST, SECOND = "13800138000", "13800138001"


def entry(number=FIRST):
    return CallBack.objects.filter(number_hash=hash_of(number)).first()


@pytest.fixture
def busy(house, gateway, agent):
    """Both agents are signed in, nobody is ready: their telephones, and their seats."""
    gateway()
    phones = agent("1001"), agent("1002")
    seats = house.sit("agent1", "1001", ready=False), house.sit("agent2", "1002", ready=False)
    house.waits("1001", paused=True)
    house.waits("1002", paused=True)
    return phones, seats


@pytest.fixture
def kept(busy, citizen):
    """The first citizen waits, presses 9, stays with the number, and is thanked; the switch lets go."""
    call = citizen(FIRST).dial("12345")
    eventually(lambda: Call.objects.filter(queued_at__isnull=False).exists())
    call.press("9")
    call.wait("ended", timeout=30)
    eventually(entry)
    return Call.objects.get()


def ready(house, seat):
    set_state(house.cast.actor(seat.staff.username), seat, "ready")


@pytest.mark.req("R042")
def test_who_keeps_the_place_is_called_before_who_came_later(house, busy, kept, citizen, carrier):
    (alice, _), (seat, _) = busy
    row, line = entry(), carrier()
    assert (row.kind, row.state, row.group, row.place_at) == ("requested", "waiting", house.group, kept.queued_at)
    assert kept.outcome == "call_back"
    waiting = citizen(SECOND).dial("12345")
    eventually(lambda: Call.objects.filter(queued_at__isnull=False).count() == 2)
    assert alice.silent(1)
    ready(house, seat)
    ring = alice.ring()
    ring.answer().say(880)
    called = line.ring()
    assert FIRST in called.invitation.first
    assert "12345" in called.invitation["from"]
    called.answer().say(440)
    assert called.hears(880)
    assert ring.hears(440)
    assert waiting.deaf_to(880)
    house.becomes(seat, "talking")
    back = Call.objects.get(direction="out")
    eventually(lambda: SeatSession.objects.get(pk=seat.pk).call == back)
    assert (entry().state, entry().taken_by) == ("dialling", house.cast.staff["agent1"])
    called.hang_up()
    house.becomes(seat, "wrap_up")
    eventually(lambda: entry().state == "done")
    assert (entry().result_call, entry().attempts) == (back, 1)
    ready(house, seat)
    alice.ring().answer().say(880)
    assert waiting.hears(880)


@pytest.mark.req("R042")
def test_who_came_before_the_place_is_served_first(house, busy, citizen, carrier):
    (alice, _), (seat, _) = busy
    line, waiting = carrier(), citizen(SECOND).dial("12345")
    eventually(lambda: Call.objects.filter(queued_at__isnull=False).exists())
    later = citizen(FIRST).dial("12345")
    eventually(lambda: Call.objects.filter(queued_at__isnull=False).count() == 2)
    later.press("9")
    later.wait("ended", timeout=30)
    eventually(entry)
    ready(house, seat)
    ring = alice.ring()
    ring.answer().say(880)
    assert waiting.hears(880)
    assert line.silent(1)
    waiting.hang_up()
    house.becomes(seat, "wrap_up")
    ready(house, seat)
    alice.ring().answer()
    assert FIRST in line.ring().invitation.first


def test_whose_telephone_rings_in_vain_does_not_lose_the_citizens_place(house, busy, kept, carrier):
    (alice, bob), (seat, other) = busy
    line = carrier()
    ready(house, seat)
    alice.ring().refuse(486)
    house.becomes(seat, "busy")
    eventually(lambda: entry().state == "waiting")
    assert (entry().attempts, entry().place_at) == (0, kept.queued_at)
    ready(house, other)
    ring = bob.ring()
    ring.answer().say(1600)
    called = line.ring()
    called.answer()
    assert called.hears(1600)


def test_a_citizen_who_does_not_answer_is_tried_again_later(house, busy, kept, carrier):
    (alice, _), (seat, _) = busy
    line = carrier()
    ready(house, seat)
    ring = alice.ring()
    ring.answer()
    line.ring().refuse(486)
    ring.wait("ended")
    house.becomes(seat, "wrap_up")
    eventually(lambda: entry().attempts == 1)
    row = entry()
    assert (row.state, row.tries[-1]["result"]) == ("waiting", "no_answer")
    assert row.next_at > row.created_at
    ready(house, seat)
    assert alice.silent(2)
