"""Who lets a citizen go before anybody has answered: free at once, and the citizen is not lost."""

import pytest

from huying.calls.models import Call, OtherDesk, SeatSession
from huying.calls.operations import config_changed, set_state
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def police(house, talk, carrier):
    """The line on which 110 is reached."""
    OtherDesk.objects.create(centre=house.cast.demo, code="110", name="公安", number="02112345110")
    config_changed()
    eventually(lambda: "DESK,110" in house.node.cli("dialplan show move"))
    return carrier()


@pytest.fixture
def comes_back(house, talk):
    """The after-call work done, agent1 is called again: it is the same citizen, and it is one call."""

    def look():
        set_state(house.cast.actor("agent1"), SeatSession.objects.get(pk=talk.seat.pk), "finish")
        again = talk.alice.ring(timeout=30)
        again.answer().say(880)
        assert talk.call.hears(880)
        house.becomes(talk.seat, "talking")
        talk.call.hang_up()
        house.becomes(talk.seat, "wrap_up")
        eventually(lambda: Call.objects.count() == 1 and Call.objects.get().ended_at)
        return Call.objects.get()

    return look


def moves(call):
    return [line["to"] for line in call.milestones if line["kind"] == "transferred"]


@pytest.mark.req("R211")
@pytest.mark.parametrize("by", ["button", "telephone"])
def test_a_colleague_who_still_rings_is_left_with_the_citizen(house, talk, ask, by):
    ask("agent1", "consult", {"to": "agent", "extension": "1002"})
    asked = talk.bob.ring()
    if by == "button":
        ask("agent1", "complete")
    else:
        house.becomes(talk.other, "ringing")
        talk.ring.hang_up()
    house.becomes(talk.seat, "wrap_up")
    asked.wait("ended")
    ring = talk.bob.ring()
    ring.answer().say(1600)
    assert talk.call.hears(1600)
    house.becomes(talk.other, "talking")
    assert house.state(talk.seat) == "wrap_up"
    talk.call.hang_up()
    house.becomes(talk.other, "wrap_up")
    eventually(lambda: Call.objects.count() == 1 and Call.objects.get().ended_at)
    call = Call.objects.get()
    assert len(moves(call)) == 1 and call.transfers == 1
    assert [(leg.extension, leg.result) for leg in call.legs.order_by("offered_at")] == [
        ("1001", "answered"), ("1002", "cancelled"), ("1002", "answered"),
    ]


@pytest.mark.req("R211")
@pytest.mark.parametrize("by", ["button", "telephone"])
def test_who_lets_go_before_anybody_is_called_does_not_lose_the_citizen(house, talk, ask, by):
    """Within the second in which the switch gets ready."""
    ask("agent1", "consult", {"to": "agent", "extension": "1002"})
    if by == "button":
        ask("agent1", "hangup")
    else:
        talk.ring.hang_up()
    house.becomes(talk.seat, "wrap_up")
    eventually(lambda: house.state(talk.other) == "ringing", seconds=15)
    rings = [ring for ring in iter(lambda: talk.bob.ring() if not talk.bob.silent(0.5) else None, None) if ring.state == "ringing"]
    rings[-1].answer().say(1600)
    assert talk.call.hears(1600)
    house.becomes(talk.other, "talking")


@pytest.mark.req("R211")
def test_a_colleague_who_does_not_answer_gives_the_citizen_back(house, talk, ask, comes_back):
    ask("agent1", "consult", {"to": "agent", "extension": "1002"})
    talk.bob.ring()
    ask("agent1", "complete")
    house.becomes(talk.seat, "wrap_up")
    talk.bob.ring().refuse(486)
    assert len(moves(comes_back())) == 1


@pytest.mark.req("R211")
def test_a_group_that_still_rings_is_where_the_citizen_waits(house, talk, ask):
    set_state(house.cast.actor("agent2"), SeatSession.objects.get(pk=talk.other.pk), "ready")
    house.waits("1002", paused=False)
    ask("agent1", "consult", {"to": "group", "group": house.group.pk})
    asked = talk.bob.ring()
    ask("agent1", "complete")
    house.becomes(talk.seat, "wrap_up")
    asked.wait("ended")
    talk.bob.ring().answer().say(1600)
    assert talk.call.hears(1600)
    house.becomes(talk.other, "talking")
    eventually(lambda: Call.objects.get(direction="in").group == house.group)


@pytest.mark.req("R211", "R228")
@pytest.mark.parametrize("way", ["blind", "consult"])
def test_a_hotline_that_is_busy_gives_the_citizen_back(house, talk, ask, police, comes_back, way):
    ask("agent1", way, {"to": "desk", "code": "110"})
    asked = police.ring()
    assert "12345" in asked.invitation["from"], "the centre's own number"
    if way == "consult":
        ask("agent1", "complete")
        house.becomes(talk.seat, "wrap_up")
        asked.wait("ended")
        asked = police.ring()
    house.becomes(talk.seat, "wrap_up")
    asked.refuse(486)
    assert len(moves(comes_back())) == 1


@pytest.mark.req("R211")
def test_a_number_that_is_busy_gives_the_citizen_back(house, talk, ask, carrier, comes_back):
    line = carrier()
    ask("agent1", "blind", {"to": "number"}, secret="13907700001")
    line.ring().refuse(486)
    house.becomes(talk.seat, "wrap_up")
    assert len(moves(comes_back())) == 1


@pytest.mark.req("R214", "R228")
def test_a_hotline_called_into_the_talk_sees_the_centres_number(talk, ask, police):
    ask("agent1", "conference", {"to": "desk", "code": "110"})
    asked = police.ring()
    assert "12345" in asked.invitation["from"]
    asked.refuse(486)
    assert talk.call.hears(880)
