"""A group of colleagues is asked while the citizen is on hold: one of them answers, or it is said that nobody is free."""

import pytest

from huying.calls.models import Call, Leg, OtherDesk, SeatSession, Skill, SkillGroup
from huying.calls.operations import SwitchRefused, config_changed, set_state
from huying.calls.queries.bar import bar_of
from telephony import audio
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def experts(house, talk):
    """A group of its own, in which agent2 at 1002 is; not ready yet."""
    group = SkillGroup.objects.create(
        centre=house.cast.demo, code="experts", name="专家组", strategy="ringall", ring_seconds=15, wrap_seconds=0, announces=False,
    )
    Skill.objects.create(centre=house.cast.demo, staff=house.cast.staff["agent2"], group=group, level=1)
    SeatSession.objects.filter(pk=talk.other.pk).update(groups={str(group.pk): 1})
    config_changed()
    eventually(lambda: "PJSIP/1002" in house.node.cli(f"queue show {group.queue}"))
    return group


@pytest.fixture
def about(house, talk, experts):
    """The group as a target; its one member is free."""
    set_state(house.cast.actor("agent2"), talk.other, "ready")
    eventually(lambda: "paused" not in house.node.cli(f"queue show {experts.queue}").lower())
    return {"to": "group", "group": experts.pk}


def answered(talk):
    """The colleague picks up and speaks on 1600 Hz."""
    ring = talk.bob.ring()
    ring.answer()
    return ring.say(1600)


def kinds(call):
    return [line["kind"] for line in call.milestones]


@pytest.mark.req("R211")
def test_one_of_a_group_is_asked_and_takes_over(house, talk, ask, experts, about):
    ask("agent1", "consult", about)
    ring = talk.bob.ring()
    house.becomes(talk.other, "ringing")
    ring.answer()
    ring.say(1600)
    assert talk.ring.hears(1600)
    assert talk.call.hears(audio.MUSIC)
    assert talk.call.deaf_to(1600)
    house.becomes(talk.other, "talking")
    eventually(lambda: bar_of(house.cast.actor("agent2")).call and "asked" in kinds(Call.objects.get()))
    call = Call.objects.get()
    leg = Leg.objects.get(extension="1002")
    assert (leg.role, leg.queue, leg.staff) == ("consult", experts.queue, house.cast.staff["agent2"])
    assert {"kind": "asked", "queue": experts.queue}.items() <= call.milestones[kinds(call).index("asked")].items()
    theirs, mine = bar_of(house.cast.actor("agent2")), bar_of(house.cast.actor("agent1"))
    assert theirs.call == call
    assert theirs.pop_url == mine.pop_url
    assert mine.consulting
    assert not theirs.consulting
    ask("agent1", "complete")
    assert talk.call.hears(1600)
    assert ring.hears(440)
    house.becomes(talk.seat, "wrap_up")
    talk.call.hang_up()
    house.becomes(talk.other, "wrap_up")
    eventually(lambda: Call.objects.get().ended_at)
    call.refresh_from_db()
    leg = Leg.objects.get(extension="1002")
    assert (leg.role, leg.queue) == ("agent", experts.queue)
    assert leg.talk_ms > 500
    assert call.hold_ms > 500
    assert call.transfers == 1
    assert call.last_agent == house.cast.staff["agent2"]


def test_one_of_a_group_is_asked_and_the_call_is_taken_back(house, talk, ask, about):
    ask("agent1", "consult", about)
    ring = answered(talk)
    assert talk.ring.hears(1600)
    ask("agent1", "cancel")
    ring.wait("ended")
    assert talk.call.hears(880)
    house.becomes(talk.other, "wrap_up")
    assert house.state(talk.seat) == "talking"


@pytest.mark.req("R211")
def test_one_of_a_group_joins_from_a_consultation(talk, ask, about):
    ask("agent1", "consult", about)
    ring = answered(talk)
    assert talk.ring.hears(1600)
    ask("agent1", "conference")
    assert talk.call.hears(1600)
    assert talk.call.hears(880)
    assert ring.hears(440)


@pytest.mark.req("R211")
def test_one_of_a_group_is_called_into_the_talk_at_once(house, talk, ask, about):
    assert ask("agent1", "conference", about).result["room"]
    ring = answered(talk)
    assert talk.call.hears(1600)
    assert talk.ring.hears(1600)
    assert ring.hears(440)
    house.becomes(talk.other, "talking")
    call = Call.objects.get()
    eventually(lambda: SeatSession.objects.get(pk=talk.other.pk).call == call)
    assert Leg.objects.get(extension="1002", call=call).queue


def test_where_nobody_is_free_the_citizen_is_not_put_on_hold_for_nothing(talk, ask, experts):
    for kind in ("consult", "conference"):
        with pytest.raises(SwitchRefused, match="专家组现在没有空闲坐席"):
            ask("agent1", kind, {"to": "group", "group": experts.pk})
    assert talk.call.hears(880)
    assert "held" not in kinds(Call.objects.get())


def test_when_nobody_of_the_group_picks_up_it_is_said_and_the_citizen_comes_back(house, talk, ask, about):
    ask("agent1", "consult", about)
    ring = talk.bob.ring()
    ring.wait("ended")
    assert talk.ring.hears(audio.PROMPT)
    assert talk.call.hears(880)
    assert talk.ring.hears(440)
    house.becomes(talk.other, "busy")
    eventually(lambda: "asked_in_vain" in kinds(Call.objects.get()))
    call = Call.objects.get()
    assert Leg.objects.get(extension="1002").result == "missed"
    assert house.state(talk.seat) == "talking"
    eventually(lambda: "retrieved" in kinds(Call.objects.get()))
    call.refresh_from_db()
    assert kinds(call).count("held") == kinds(call).count("retrieved") == 1
    with pytest.raises(SwitchRefused, match="没有正在进行的咨询"):
        ask("agent1", "complete")
    ask("agent1", "hangup")
    house.becomes(talk.seat, "wrap_up")


@pytest.mark.req("R211", "R228")
def test_another_hotline_is_asked_and_takes_over(house, talk, ask, carrier):
    OtherDesk.objects.create(centre=house.cast.demo, code="110", name="公安", number="02112345110")
    config_changed()
    eventually(lambda: "DESK,110" in house.node.cli("dialplan show move"))
    line = carrier()
    ask("agent1", "consult", {"to": "desk", "code": "110"})
    third = line.ring()
    third.answer()
    third.say(2000)
    assert talk.ring.hears(2000)
    assert talk.call.deaf_to(2000)
    ask("agent1", "complete")
    assert talk.call.hears(2000)
    house.becomes(talk.seat, "wrap_up")
    eventually(lambda: Leg.objects.filter(desk="110", result="talking").exists())
