"""On hold the citizen's side is not recorded, unless the centre wants it (R215). Who says what by its tone: the citizen 440,
on hold 1200; the agent 880."""

import array
import time

import pytest

from gateway_process.conftest import Apart
from huying.calls.models import Call, PhoneSetting
from huying.calls.operations.settings import save_setting
from telephony import audio
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]
BESIDE = 1200


def spoken(house, name):
    """The recording, as samples."""
    return house.node.recording(name)[0]


def growing(house, name):
    """What there is of a recording that goes on: its head does not count it yet."""
    data = (house.data / "switch/spool/recordings" / name).read_bytes()[44:]
    return array.array("h", data[: len(data) // 2 * 2])


def pauses(call):
    return [line["kind"] for line in call.milestones if line["kind"].startswith("recording_")]


def over(house, seat):
    house.becomes(seat, "wrap_up")
    eventually(lambda: Call.objects.get().ended_at)
    return Call.objects.get()


def paused(*wanted):
    """Until the call's facts say so much of its recording."""
    eventually(lambda: [kind for call in Call.objects.all() for kind in pauses(call)] == list(wanted))


def held_for_a_while(talk, begin, end, *, recorded=False):
    assert talk.ring.hears(440)
    begin()
    assert talk.call.hears(audio.MUSIC)
    paused(*([] if recorded else ["recording_paused"]))
    talk.call.say(BESIDE)
    time.sleep(1.5)
    talk.call.say(440)
    time.sleep(0.3)
    end()
    assert talk.ring.hears(440)
    assert talk.call.hears(880)
    paused(*([] if recorded else ["recording_paused", "recording_resumed"]))
    time.sleep(1)


@pytest.mark.req("R215")
@pytest.mark.parametrize("way", ["telephone", "bar"])
def test_what_a_citizen_says_on_hold_is_not_recorded_and_the_page_says_so(house, talk, ask, way, client):
    if way == "telephone":
        held_for_a_while(talk, talk.ring.hold, talk.ring.resume)
    else:
        held_for_a_while(talk, lambda: ask("agent1", "hold"), lambda: ask("agent1", "resume"))
    talk.call.hang_up()
    call = over(house, talk.seat)
    samples = spoken(house, f"{call.linkedid}.wav")
    assert not audio.hears(samples, BESIDE)
    assert audio.hears(samples[4000:12000], 440)
    assert audio.hears(samples[-6000:], 440), "the citizen's side is back"
    assert audio.hears(samples[-6000:], 880)
    assert abs(len(samples) / 8 - call.talk_ms - call.hold_ms) < 1000
    assert pauses(call) == ["recording_paused", "recording_resumed"]
    client.force_login(house.cast.staff["leader1"], backend="django.contrib.auth.backends.ModelBackend")
    assert "保持期间未录来电人一侧" in client.get(f"/calls/{call.pk}/").content.decode()


@pytest.mark.req("R215")
def test_a_centre_that_wants_it_has_the_hold_in_its_recordings(house, talk, ask):
    PhoneSetting.objects.filter(centre=house.cast.demo).update(record_on_hold=False)
    save_setting(actor=house.cast.actor("director1"), centre=house.cast.demo, values={"record_on_hold": True})
    eventually(lambda: "DEMO" in house.running[-1].gateway.pauses._recording)
    held_for_a_while(talk, talk.ring.hold, talk.ring.resume, recorded=True)
    talk.call.hang_up()
    call = over(house, talk.seat)
    assert audio.hears(spoken(house, f"{call.linkedid}.wav"), BESIDE)
    assert pauses(call) == []


@pytest.mark.req("R215")
def test_during_a_consultation_the_citizen_is_not_recorded_and_afterwards_is(house, talk, ask):
    ask("agent1", "consult", {"to": "agent", "extension": "1002"})
    ring = talk.bob.ring()
    ring.answer()
    ring.say(1600)
    assert talk.ring.hears(1600)
    paused("recording_paused")
    talk.call.say(BESIDE)
    time.sleep(1.5)
    talk.call.say(440)
    time.sleep(0.3)
    ask("agent1", "complete")
    assert ring.hears(440)
    assert talk.call.hears(1600)
    paused("recording_paused", "recording_resumed")
    time.sleep(1)
    talk.call.hang_up()
    house.becomes(talk.other, "wrap_up")
    eventually(lambda: Call.objects.get().ended_at)
    call = Call.objects.get()
    tapes = [spoken(house, tape.name) for tape in call.recordings.all()]
    assert not any(audio.hears(samples, BESIDE) for samples in tapes)
    assert any(audio.hears(samples[-6000:], 440) for samples in tapes)
    assert pauses(call) == ["recording_paused", "recording_resumed"]


@pytest.mark.req("R215")
def test_a_citizen_called_by_an_agent_is_not_recorded_on_hold_either(house, gateway, agent, carrier, ask):
    gateway()
    alice, line = agent("1001"), carrier()
    seat = house.sit("agent1", "1001", ready=False)
    eventually(lambda: house.member("1001"))
    ask("agent1", "dial", {"to": "number"}, secret="13907700001")
    ring = alice.ring()
    ring.answer()
    ring.say(880)
    citizen = line.ring()
    citizen.answer()
    citizen.say(440)
    talk = type("Talk", (), {"call": citizen, "ring": ring, "seat": seat})
    held_for_a_while(talk, ring.hold, ring.resume)
    citizen.hang_up()
    call = over(house, seat)
    (tape,) = call.recordings.all()
    samples = spoken(house, tape.name)
    assert not audio.hears(samples, BESIDE)
    assert audio.hears(samples[-6000:], 440)
    assert pauses(call) == ["recording_paused", "recording_resumed"]


def test_what_a_killed_gateway_left_muted_is_heard_again_with_the_next(house, citizen, agent):
    first = Apart(house)
    alice = agent("1001")
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen("13800138000").dial("12345")
    ring = alice.ring()
    ring.answer()
    call.say(440)
    ring.say(880)
    house.becomes(seat, "talking")
    ring.hold()
    assert call.hears(audio.MUSIC)
    eventually(lambda: pauses(Call.objects.get()))
    name = f"{Call.objects.get().linkedid}.wav"
    eventually(lambda: not audio.hears(growing(house, name)[-8000:], 440))
    first.kill()
    ring.resume()
    Apart(house)
    eventually(lambda: audio.hears(growing(house, name)[-8000:], 440), seconds=60)
    call.hang_up()
    row = over(house, seat)
    assert audio.hears(spoken(house, f"{row.linkedid}.wav")[-8000:], 440)
