"""What people ask of the switch, with real sound: who hears whom afterwards."""

import pytest

from huying.calls.models import Call, Command, OtherDesk, SeatSession, SeatState
from huying.calls.operations import SwitchAway, SwitchRefused
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


def test_hang_up(house, talk, ask):
    assert ask("agent1", "hangup").state == Command.State.DONE
    talk.ring.wait("ended")
    house.becomes(talk.seat, "wrap_up")
    with pytest.raises(SwitchRefused, match="没有正在进行的通话"):
        ask("agent1", "hangup")


@pytest.mark.req("R211")
def test_a_call_is_handed_to_a_colleague(house, talk, ask):
    ask("agent1", "blind", {"to": "agent", "extension": "1002"})
    ring = talk.bob.ring()
    house.becomes(talk.other, "ringing")
    house.becomes(talk.seat, "wrap_up")
    ring.answer()
    ring.say(1600)
    house.becomes(talk.other, "talking")
    assert talk.call.hears(1600)
    call = Call.objects.get()
    eventually(lambda: SeatSession.objects.get(pk=talk.other.pk).call == call)
    eventually(lambda: Call.objects.get().transfers)
    assert Call.objects.get().transfers == 1
    talk.call.hang_up()
    house.becomes(talk.other, "wrap_up")


def test_a_colleague_is_asked_and_takes_over(house, talk, ask):
    ask("agent1", "consult", {"to": "agent", "extension": "1002"})
    ring = talk.bob.ring()
    ring.answer()
    ring.say(1600)
    assert talk.ring.hears(1600)
    assert talk.call.deaf_to(1600)
    ask("agent1", "complete")
    assert talk.call.hears(1600)
    house.becomes(talk.seat, "wrap_up")
    house.becomes(talk.other, "talking")
    eventually(lambda: SeatSession.objects.get(pk=talk.other.pk).call_id == Call.objects.get(direction="in").pk)
    talk.call.hang_up()
    house.becomes(talk.other, "wrap_up")


def test_a_colleague_is_asked_and_the_call_is_taken_back(house, talk, ask):
    ask("agent1", "consult", {"to": "agent", "extension": "1002"})
    ring = talk.bob.ring()
    ring.answer()
    house.becomes(talk.other, "talking")
    ask("agent1", "cancel")
    ring.wait("ended")
    assert talk.call.hears(880)
    house.becomes(talk.other, "wrap_up")
    assert house.state(talk.seat) == "talking"


def test_the_third_joins_from_a_consultation(house, talk, ask):
    ask("agent1", "consult", {"to": "agent", "extension": "1002"})
    ring = talk.bob.ring()
    ring.answer()
    ring.say(1600)
    assert talk.ring.hears(1600)
    ask("agent1", "conference")
    assert talk.call.hears(1600)
    assert talk.call.hears(880)
    assert ring.hears(440)


@pytest.mark.req("R228")
def test_three_at_once_with_another_hotline(house, talk, ask, carrier):
    OtherDesk.objects.create(centre=house.cast.demo, code="110", name="公安", number="02112345110")
    from huying.calls.operations import config_changed

    config_changed()
    eventually(lambda: "DESK,110" in house.node.cli("dialplan show move"))
    line = carrier()
    done = ask("agent1", "conference", {"to": "desk", "code": "110"})
    assert done.result["room"]
    third = line.ring()
    assert third.invitation["x-huying-call"] == Call.objects.earliest("pk").linkedid
    third.answer()
    third.say(2000)
    assert talk.call.hears(2000)
    assert talk.ring.hears(2000)
    assert third.hears(440)
    ask("agent1", "hangup")
    house.becomes(talk.seat, "wrap_up")
    assert talk.call.hears(2000)
    talk.call.hang_up()
    third.wait("ended")


@pytest.mark.req("R211", "R228")
def test_a_hotline_that_does_not_answer_leaves_a_call_that_can_still_be_handed_over(house, talk, ask, carrier):
    OtherDesk.objects.create(centre=house.cast.demo, code="110", name="公安", number="02112345110")
    from huying.calls.operations import config_changed

    config_changed()
    eventually(lambda: "DESK,110" in house.node.cli("dialplan show move"))
    line = carrier()
    ask("agent1", "conference", {"to": "desk", "code": "110"})
    line.ring().refuse(486)
    assert talk.call.hears(880), "the two go on talking"
    with pytest.raises(SwitchRefused, match="不能再先咨询"):
        ask("agent1", "consult", {"to": "agent", "extension": "1002"})
    ask("agent1", "blind", {"to": "agent", "extension": "1002"})
    ring = talk.bob.ring()
    house.becomes(talk.seat, "wrap_up")
    ring.answer()
    ring.say(1600)
    assert talk.call.hears(1600)
    talk.call.hang_up()
    house.becomes(talk.other, "wrap_up")
    eventually(lambda: Call.objects.get().ended_at)
    call = Call.objects.get()
    assert {(leg.extension, leg.result) for leg in call.legs.all()} == {
        ("1001", "answered"), ("1002", "answered"), ("", "refused"),
    }
    assert "desk" in {line["kind"] for line in call.milestones}
    moved = [line for line in call.milestones if line["kind"] == "transferred"]
    assert [(line["to"], line["extension"]) for line in moved] == [("1002", "1001")] and call.transfers == 1


@pytest.mark.req("R212")
def test_a_number_called_into_a_call_in_vain_is_a_leg_of_it_and_no_call(house, talk, ask, carrier):
    line = carrier()
    ask("agent1", "conference", {"to": "number"}, secret="13907700001")
    line.ring().refuse(486)
    assert talk.call.hears(880), "the two go on talking"
    talk.call.hang_up()
    house.becomes(talk.seat, "wrap_up")
    eventually(lambda: Call.objects.earliest("pk").ended_at and Call.objects.count() == 1)
    assert Call.objects.get().legs.get(extension="").result == "refused"


@pytest.mark.req("R211")
def test_a_colleague_called_into_a_call_in_vain_is_a_leg_of_it_and_no_call(house, talk, ask):
    ask("agent1", "conference", {"to": "agent", "extension": "1002"})
    house.becomes(talk.other, "ringing")
    assert SeatSession.objects.get(pk=talk.other.pk).call == Call.objects.get(), "whose call it is stands on the screen"
    talk.bob.ring().refuse(486)
    assert talk.call.hears(880), "the two go on talking"
    talk.call.hang_up()
    house.becomes(talk.seat, "wrap_up")
    eventually(lambda: Call.objects.earliest("pk").ended_at and Call.objects.count() == 1)
    leg = Call.objects.get().legs.get(extension="1002")
    assert (leg.result, leg.role) == ("refused", "consult")


@pytest.mark.req("R214")
def test_a_number_is_dialled_with_the_centres_own(house, gateway, agent, carrier, ask):
    gateway()
    alice, line = agent("1001"), carrier()
    seat = house.sit("agent1", "1001", ready=False)
    eventually(lambda: house.member("1001"))
    row = ask("agent1", "dial", {"to": "number"}, secret="139 0770 0001")
    assert "13907700001" not in str(row.about)
    ring = alice.ring()
    house.becomes(seat, "ringing")
    ring.answer()
    called = line.ring()
    assert "12345" in called.invitation["from"]
    assert "13907700001" in called.invitation.first
    called.answer()
    called.say(440)
    assert ring.hears(440)
    house.becomes(seat, "talking")
    called.hang_up()
    house.becomes(seat, "wrap_up")
    eventually(lambda: Call.objects.get().ended_at)
    assert Call.objects.get().direction == "out"


@pytest.mark.req("R218")
def test_a_shift_leader_listens_whispers_and_barges(house, talk, ask, agent):
    leader = agent("1003")
    seat = house.sit("leader1", "1003", ready=False)
    about = {"seat": talk.seat.pk}
    with pytest.raises(Exception, match="权限"):
        ask("agent2", "spy", about)
    heard = {"spy": (False, False), "whisper": (True, False), "barge": (True, True)}
    for kind, (agent_hears, citizen_hears) in heard.items():
        ask("leader1", kind, about)
        ring = leader.ring()
        ring.answer()
        ring.say(1600)
        assert ring.hears(440)
        assert ring.hears(880)
        assert (talk.ring.hears(1600) if agent_hears else not talk.ring.deaf_to(1600)) == agent_hears
        assert talk.call.hears(1600) if citizen_hears else talk.call.deaf_to(1600)
        ring.hang_up()
        house.becomes(seat, "busy")
    assert "wrap_up" not in {row.state for row in SeatState.objects.filter(session=seat, ended_at=None)}


def test_a_shift_leader_ends_a_call(house, talk, ask, agent):
    agent("1003")
    house.sit("leader1", "1003", ready=False)
    ask("leader1", "force_hangup", {"seat": talk.seat.pk})
    talk.ring.wait("ended")
    house.becomes(talk.seat, "wrap_up")


@pytest.mark.parametrize(("kind", "about", "secret", "said"), [
    ("blind", {"to": "agent", "extension": "1004"}, "", "没有人签入"),
    ("blind", {"to": "agent", "extension": "1001"}, "", "不能转给自己"),
    ("blind", {"to": "group", "group": 0}, "", "没有这个技能组"),
    ("blind", {"to": "desk", "code": "999"}, "", "没有这个热线"),
    ("blind", {"to": "number"}, "12", "号码有误"),
    ("blind", {}, "", "请选择"),
    ("complete", {}, "", "没有正在进行的咨询"),
    ("answer", {}, "", "没有正在振铃的来电"),
    ("dial", {"to": "number"}, "13907700001", "正在使用"),
    ("jump", {}, "", "没有“jump”"),
])
def test_what_makes_no_sense_is_refused_in_words(talk, ask, kind, about, secret, said):
    with pytest.raises(SwitchRefused, match=said):
        ask("agent1", kind, about, secret=secret)
    assert talk.call.hears(880)


def test_the_same_request_twice_is_one_call(house, gateway, agent, carrier, ask):
    gateway()
    alice = agent("1001")
    house.sit("agent1", "1001", ready=False)
    eventually(lambda: house.member("1001"))
    first = ask("agent1", "dial", {"to": "number"}, secret="13907700001", request_id="click-1")
    second = ask("agent1", "dial", {"to": "number"}, secret="13907700001", request_id="click-1")
    assert first.pk == second.pk
    alice.ring()
    assert alice.silent(2)


def test_without_a_gateway_it_is_said_at_once_and_nothing_is_done_later(house, gateway, agent, ask):
    agent("1001")
    house.sit("agent1", "1001", ready=False)
    with pytest.raises(SwitchAway):
        ask("agent1", "dial", {"to": "number"}, secret="13907700001")
    assert not Command.objects.exists()
