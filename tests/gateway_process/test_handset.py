"""A seat with any SIP telephone, driven from the phone bar: held with music and retrieved without a word to the telephone;
answered by hand, by itself or by remote control, as its setting says (R201, R210)."""

import pytest

from huying.calls.models import Call, Leg, Phone
from huying.calls.operations import SwitchRefused, config_changed
from huying.calls.queries.bar import bar_of
from telephony import audio
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


def kinds(call):
    return [line["kind"] for line in call.milestones if line["kind"] in {"held", "retrieved"}]


def spoken(house, call):
    """The recording, as samples."""
    return house.node.recording(f"{call.linkedid}.wav")[0]


@pytest.mark.req("R210")
def test_any_telephone_holds_and_retrieves(house, talk, ask):
    assert talk.ring.hears(440)
    ask("agent1", "hold")
    assert talk.call.hears(audio.MUSIC)
    assert talk.call.deaf_to(880)
    assert talk.ring.deaf_to(440)
    eventually(lambda: bar_of(house.cast.actor("agent1")).held)
    with pytest.raises(SwitchRefused, match="已在保持"):
        ask("agent1", "hold")
    ask("agent1", "resume")
    assert talk.call.hears(880)
    assert talk.ring.hears(440)
    assert talk.call.deaf_to(audio.MUSIC)
    eventually(lambda: not bar_of(house.cast.actor("agent1")).held)
    with pytest.raises(SwitchRefused, match="不是由话务条保持"):
        ask("agent1", "resume")
    ask("agent1", "hangup")
    house.becomes(talk.seat, "wrap_up")
    eventually(lambda: Call.objects.get().ended_at)
    call, leg = Call.objects.get(), Leg.objects.get()
    assert kinds(call) == ["held", "retrieved"]
    assert [line["kind"] for line in call.milestones if line["kind"].startswith("recording_")] == ["recording_paused", "recording_resumed"]
    assert call.hold_ms > 1500
    assert leg.talk_ms == call.talk_ms
    assert (call.talk_ms + call.hold_ms) * 1_000_000 == pytest.approx((leg.ended_at - call.answered_at).total_seconds() * 1e9, abs=60e6)
    assert call.outcome == "answered"
    samples = spoken(house, call)
    assert abs(len(samples) / 8 - call.talk_ms - call.hold_ms) < 1000
    assert audio.hears(samples[-4000:], 880), "deaf after the hold"
    assert audio.hears(samples[-4000:], 440), "deaf after the hold"


def test_the_telephones_own_star_retrieves_too(talk, ask):
    ask("agent1", "hold")
    assert talk.call.hears(audio.MUSIC)
    talk.ring.press("*")
    assert talk.call.hears(880)


@pytest.mark.parametrize("who", ["citizen", "agent"])
def test_either_may_go_while_it_is_held(house, talk, ask, who):
    ask("agent1", "hold")
    assert talk.call.hears(audio.MUSIC)
    talk.call.hang_up() if who == "citizen" else ask("agent1", "hangup")
    talk.ring.wait("ended")
    house.becomes(talk.seat, "wrap_up")
    eventually(lambda: Call.objects.get().ended_at)
    eventually(lambda: Call.objects.get().ended_by == ("caller" if who == "citizen" else "agent"))
    call = Call.objects.get()
    assert kinds(call)[0] == "held"
    assert call.hold_ms > 300


def test_who_holds_may_ask_hand_over_and_call_in_a_third(house, talk, ask):
    ask("agent1", "hold")
    assert talk.call.hears(audio.MUSIC)
    ask("agent1", "consult", {"to": "agent", "extension": "1002"})
    ring = talk.bob.ring()
    ring.answer()
    ring.say(1600)
    assert talk.ring.hears(1600)
    with pytest.raises(SwitchRefused, match="咨询时来电人已在保持"):
        ask("agent1", "hold")
    ask("agent1", "cancel")
    assert talk.call.hears(880)
    house.becomes(talk.other, "wrap_up")
    ask("agent1", "hold")
    assert talk.call.hears(audio.MUSIC)
    ask("agent1", "blind", {"to": "agent", "extension": "1002"})
    ring = talk.bob.ring()
    talk.ring.wait("ended")
    ring.answer()
    ring.say(1600)
    assert talk.call.hears(1600)
    house.becomes(talk.seat, "wrap_up")


def test_in_a_conference_it_is_said_that_nobody_can_be_held(talk, ask):
    ask("agent1", "conference", {"to": "agent", "extension": "1002"})
    third = talk.bob.ring()
    third.answer()
    third.say(1600)
    assert talk.call.hears(1600)
    with pytest.raises(SwitchRefused, match="三方通话"):
        ask("agent1", "hold")
    assert talk.call.hears(880)


@pytest.mark.req("R210")
def test_a_telephone_without_remote_control_is_lifted_and_the_bar_says_so(house, gateway, agent, citizen, ask):
    gateway()
    alice, seat = agent("1001"), house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen().dial("12345")
    ring = alice.ring()
    house.becomes(seat, "ringing")
    assert ring.invitation["call-info"] == ""
    assert bar_of(house.cast.actor("agent1")).by_hand == "请拿起话机接听"
    with pytest.raises(SwitchRefused, match="请拿起话机接听"):
        ask("agent1", "answer")
    ring.answer()
    house.becomes(seat, "talking")
    call.hang_up()


def test_a_telephone_is_told_to_answer_by_remote_control(house, gateway, agent, citizen, ask):
    Phone.objects.filter(extension="1001").update(answering="remote")
    gateway()
    alice, seat = agent("1001"), house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen().dial("12345")
    ring = alice.ring()
    house.becomes(seat, "ringing")
    assert bar_of(house.cast.actor("agent1")).by_hand == ""
    ask("agent1", "answer")
    eventually(lambda: "talk" in ring.notes)
    ring.answer()
    house.becomes(seat, "talking")
    call.hang_up()


@pytest.mark.req("R210", "R214")
def test_a_telephone_that_answers_by_itself_is_asked_to_by_header(house, gateway, agent, citizen, carrier, ask):
    gateway()
    Phone.objects.filter(extension="1001").update(answering="auto")
    config_changed()
    eventually(lambda: "HY_AUTO" in house.node.cli("pjsip show endpoint 1001"))
    alice, line = agent("1001"), carrier()
    asked = []

    def lift(ring):
        words = [ring.invitation[name] for name in ("call-info", "alert-info", "answer-mode")]
        asked.append(words)
        if "answer-after=0" in words[0] and "auto" in words[1].lower() and words[2] == "Auto":
            ring.answer().say(880)

    alice.auto = lift
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen().dial("12345")
    house.becomes(seat, "talking")
    assert call.hears(880)
    call.hang_up()
    house.becomes(seat, "wrap_up")
    ask("agent1", "dial", {"to": "number"}, secret="13907700001")
    called = line.ring()
    called.answer().say(440)
    house.becomes(seat, "talking")
    assert called.hears(880)
    assert len(asked) == 2
