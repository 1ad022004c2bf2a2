"""A recording is as long as the call, also of three at once and with somebody listening, however many keys are pressed (R217)."""

import time

import pytest

from huying.calls.models import Call
from telephony import audio
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]
KEYS = "1234567890" * 2


def spoken(house, call):
    return house.node.recording(f"{call.linkedid}.wav")[0]


def press(who, every):
    for key in KEYS:
        if who:
            who.press(key)
        time.sleep(every)
    time.sleep(0.5)


def missing(house):
    """Milliseconds of the call that its recording lacks."""
    eventually(lambda: Call.objects.get().ended_at)
    call = Call.objects.get()
    return call.talk_ms + call.hold_ms - len(spoken(house, call)) / 8


@pytest.mark.req("R217")
@pytest.mark.parametrize(
    ("who", "every"), [("nobody", 0.3), ("agent", 0.3), ("third", 0.3), ("citizen", 0.3), ("citizen", 0.36), ("citizen", 0.5)]
)
def test_of_three_at_once(house, talk, ask, who, every):
    ask("agent1", "conference", {"to": "agent", "extension": "1002"})
    third = talk.bob.ring()
    third.answer()
    third.say(1600)
    assert talk.call.hears(1600)
    assert talk.call.hears(880)
    press({"citizen": talk.call, "agent": talk.ring, "third": third}.get(who), every)
    for phone in (talk.call, talk.ring, third):
        phone.hang_up()
    assert abs(missing(house)) < 1000
    assert all(audio.hears(spoken(house, Call.objects.get())[-8000:], hz) for hz in (440, 880, 1600))


@pytest.mark.req("R217")
@pytest.mark.parametrize("every", [0.3, 0.36, 0.5])
def test_of_three_at_once_from_a_consultation(house, talk, ask, every):
    ask("agent1", "consult", {"to": "agent", "extension": "1002"})
    third = talk.bob.ring()
    third.answer()
    third.say(1600)
    assert talk.ring.hears(1600)
    ask("agent1", "conference")
    assert talk.call.hears(1600)
    press(talk.call, every)
    for phone in (talk.call, talk.ring, third):
        phone.hang_up()
    assert abs(missing(house)) < 1000


@pytest.mark.req("R217")
@pytest.mark.parametrize("every", [0.3, 0.5])
def test_with_somebody_listening(house, talk, ask, agent, every):
    leader = agent("1003")
    seat = house.sit("leader1", "1003", ready=False)
    eventually(lambda: house.member("1003"))
    ask("leader1", "spy", {"seat": talk.seat.pk})
    ear = leader.ring()
    ear.answer()
    assert ear.hears(440)
    house.becomes(seat, "talking")
    press(talk.call, every)
    talk.call.hang_up()
    assert abs(missing(house)) < 1000
