"""From the switch's records to the facts of a call."""

from dataclasses import replace
from datetime import timedelta

import pytest

from calls.stream import BEGIN, NUMBER, Line, served
from huying.calls.catalog import Outcome
from huying.calls.rules.fold import faults, fold
from huying.switch.records import Record


def kinds(facts) -> list[str]:
    return [line["kind"] for line in facts.milestones]


def only(facts, kind: str) -> list[dict]:
    return [line for line in facts.milestones if line["kind"] == kind]


@pytest.mark.req("R223")
def test_an_ordinary_call_has_all_its_milestones():
    facts = fold(served().rows)
    assert kinds(facts) == [
        "entered", "node", "key", "human", "queued", "recorded", "offered", "answered", "left", "left_queue", "invited", "rated",
        "ended",
    ]
    assert (facts.direction, facts.called, facts.number, facts.flow, facts.queue) == ("in", "12345", NUMBER, "f1v1", "q1")
    assert (facts.outcome, facts.ended_by, facts.cause, facts.cause_text) == (Outcome.ANSWERED, "agent", 16, "正常挂断")
    assert (facts.agent, facts.last_agent, facts.offers, facts.rating) == ("8001", "8001", 1, 5)
    assert 29_990 <= facts.talk_ms <= 30_010 and facts.hold_ms == 0
    assert facts.legs[0].talk_ms == facts.talk_ms and facts.legs[0].result == "answered" and facts.legs[0].queue == "q1"
    assert [tape.name for tape in facts.tapes] == ["1764139204.1.wav"]
    assert faults(facts) == []


def test_the_wait_is_measured_in_whole_milliseconds():
    line = Line(step=0).enter().queue()
    channel = line.ring()
    line.wait(15.0009).answer(channel).join(channel, line.citizen)
    facts = fold(line.rows)
    assert facts.answered_at - facts.queued_at == timedelta(milliseconds=15_000)
    assert facts.queued_at == BEGIN


def test_a_caller_who_gives_up_while_it_rings():
    line = Line().enter().queue()
    channel = line.ring()
    line.wait(8).hang_up(channel, cause=0).say("QUEUEEND", "q1:ABANDON:").end()
    facts = fold(line.rows)
    assert (facts.outcome, facts.ended_by, facts.answered_at, facts.offers) == (Outcome.ABANDONED, "caller", None, 1)
    assert facts.legs[0].result == "cancelled"
    assert faults(facts) == []


def test_missed_then_refused_then_answered_is_one_row():
    line = Line().enter().queue()
    missed = line.ring("8001")
    line.wait(15).hang_up(missed, cause=0).wait(1)
    refused = line.ring("8002")
    line.wait(2).hang_up(refused, cause=21).wait(1)
    agent = line.connect("8003")
    line.wait(10).caller_leaves(agent)
    facts = fold(line.rows)
    assert [leg.result for leg in facts.legs] == ["missed", "refused", "answered"]
    assert (facts.offers, facts.agent, facts.outcome, facts.ended_by) == (3, "8003", Outcome.ANSWERED, "caller")
    assert facts.not_invited == "caller_left"
    assert faults(facts) == []


def test_ringing_several_at_once_ends_for_the_others():
    line = Line().enter().queue()
    one, two = line.ring("8001"), line.ring("8002")
    line.wait(3).answer(two).hang_up(one, cause=26).join(two, line.citizen).wait(5).caller_leaves(two)
    assert [leg.result for leg in fold(line.rows).legs] == ["cancelled", "answered"]


def test_an_unreachable_telephone_has_not_missed_a_call():
    line = Line().enter().queue()
    channel = line.ring("8001")
    line.hang_up(channel, cause=20).wait(5).end()
    assert fold(line.rows).legs[0].result == "failed"


def test_hold_is_taken_out_of_talk():
    line = Line().enter().queue()
    agent = line.connect()
    line.wait(10).note("HOLD", agent).wait(20).note("UNHOLD", agent).wait(5).caller_leaves(agent)
    facts = fold(line.rows)
    assert 19_990 <= facts.hold_ms <= 20_010 and 14_990 <= facts.talk_ms <= 15_010
    assert [line["extension"] for line in only(facts, "held") + only(facts, "retrieved")] == ["8001", "8001"]
    assert faults(facts) == []


def test_a_blind_transfer_into_another_queue_stays_one_call():
    line = Line().enter().queue()
    first = line.connect("8001")
    line.wait(10).note("BLINDTRANSFER", first, extra={"extension": "q-q2", "context": "move"})
    line.hang_up(first).leave(line.citizen).say("QUEUE", "q2")
    second = line.connect("8002", after=4, bridge="b2")
    line.wait(10).caller_leaves(second)
    facts = fold(line.rows)
    assert (facts.agent, facts.last_agent, facts.transfers, facts.queue) == ("8001", "8002", 1, "q1")
    assert only(facts, "transferred")[0]["to"] == "q2"
    assert [leg.role for leg in facts.legs] == ["agent", "agent"]
    assert 19_980 <= facts.talk_ms <= 20_020
    assert sum(leg.talk_ms for leg in facts.legs) == facts.talk_ms
    assert faults(facts) == []


def test_asking_a_colleague_is_hold_for_the_citizen():
    line = Line().enter().queue()
    agent = line.connect("8001")
    line.wait(10).leave(agent)
    colleague = line.ring("8002")
    line.wait(2).answer(colleague).join(agent, colleague, bridge="b2").wait(6)
    line.hang_up(colleague).leave(agent).join(agent, bridge="b1").wait(3).caller_leaves(agent)
    facts = fold(line.rows)
    assert [leg.role for leg in facts.legs] == ["agent", "consult"]
    assert 7_900 <= facts.hold_ms <= 8_100 and 12_900 <= facts.talk_ms <= 13_100
    assert facts.last_agent == "8001" and facts.offers == 1
    assert faults(facts) == []


def test_a_colleague_no_longer_asked_has_missed_nothing():
    line = Line().enter().queue()
    agent = line.connect("8001")
    line.wait(10).leave(agent)
    colleague = line.ring("8002")
    line.wait(2).join(agent, bridge="b2").wait(3).leave(agent).hang_up(colleague).join(agent, bridge="b1")
    line.wait(5).leave(agent)
    other = line.ring("8003")
    line.wait(1).join(agent, bridge="b3").wait(25).hang_up(other).leave(agent).join(agent, bridge="b1").wait(3).caller_leaves(agent)
    assert [(leg.extension, leg.result) for leg in fold(line.rows).legs] == [
        ("8001", "answered"), ("8002", "cancelled"), ("8003", "missed"),
    ]


def test_a_caller_who_hangs_up_was_not_busy_because_somebody_asked_for_them_was():
    line = Line().enter().queue()
    agent = line.connect("8001")
    line.wait(5).leave(line.citizen).hang_up(agent, source=line.names[line.citizen])
    facts = fold(line.end(cause=17).rows)
    assert (facts.ended_by, facts.cause, facts.cause_text) == ("caller", 16, "正常挂断")


def test_who_was_asked_is_who_the_citizen_is_left_with():
    line = Line().enter().queue()
    agent = line.connect("8001")
    line.wait(10).leave(agent)
    colleague = line.ring("8002")
    line.wait(2).answer(colleague).join(agent, colleague, bridge="b2").wait(6).leave(agent)
    line.note("ATTENDEDTRANSFER", agent).hang_up(agent).join(colleague, bridge="b1").wait(4).caller_leaves(colleague)
    moved = only(fold(line.rows), "transferred")
    assert [(row["how"], row["to"], row["extension"]) for row in moved] == [("attended", "8002", "8001")]


def test_a_group_called_into_a_room_before_the_end_of_the_queue_is_told():
    """Caller and agent are on their way to the room; the end of the citizen's queue is told only when they get there."""
    line = Line().enter().queue("q1")
    agent = line.connect("8001")
    asked = line.wait(10).start(line.next_id(), f"Local/ask-q7@move-0000000{line.count};2", exten="ask-q7", context="move")
    line.say("ASK", "q7", channel=asked).leave(agent, line.citizen).say("QUEUEEND", "q1:ANSWERED:agent1")
    line.join(agent, line.citizen, bridge="room")
    colleague = line.ring("8002")
    line.wait(2).answer(colleague).join(colleague, bridge="room").wait(5)
    facts = fold(line.hang_up(asked).hang_up(colleague).caller_leaves(agent).rows)
    assert [leg.queue for leg in facts.legs] == ["q1", "q7"]


def test_a_group_that_is_asked_in_vain_and_then_answers():
    line = Line().enter().queue("q1")
    agent = line.connect("8001")
    for member, answers in (("8002", False), ("8003", True)):
        line.wait(10).leave(agent)
        asked = line.start(line.next_id(), f"Local/*0@move-0000000{line.count};2", exten="*0", context="move")
        line.say("ASK", "q7", channel=asked)
        colleague = line.ring(member)
        line.wait(4)
        if answers:
            line.answer(colleague).join(agent, colleague, bridge="b2").wait(6).hang_up(colleague).leave(agent)
        else:
            line.hang_up(colleague).say("INVAIN", "q7", channel=asked)
        line.hang_up(asked).join(agent, bridge="b1")
    other = line.wait(1).ring("8004")
    facts = fold(line.wait(3).hang_up(other).wait(1).caller_leaves(agent).rows)
    assert [(leg.role, leg.queue, leg.result) for leg in facts.legs] == [
        ("agent", "q1", "answered"), ("consult", "q7", "missed"), ("consult", "q7", "answered"), ("consult", "", "missed"),
    ]
    kinds = [line["kind"] for line in facts.milestones]
    assert kinds.count("asked") == 2
    assert kinds.count("asked_in_vain") == 1
    assert facts.queue == "q1"
    assert faults(facts) == []


def test_an_attended_transfer_hands_the_citizen_over():
    line = Line().enter().queue()
    agent = line.connect("8001")
    line.wait(10).leave(agent)
    colleague = line.ring("8002")
    line.wait(2).answer(colleague).join(agent, colleague, bridge="b2").wait(6)
    line.note("ATTENDEDTRANSFER", agent, extra={"bridge1_id": "b1", "bridge2_id": "b2"})
    line.leave(colleague).join(colleague, bridge="b1").hang_up(agent).wait(20).caller_leaves(colleague)
    facts = fold(line.rows)
    assert [leg.role for leg in facts.legs] == ["agent", "agent"]
    assert (facts.agent, facts.last_agent, facts.transfers) == ("8001", "8002", 1)
    assert faults(facts) == []


def test_who_has_just_entered_a_room_is_in_the_talk_before_anything_else_happens():
    line = Line().enter().queue()
    agent = line.connect("8001")
    line.wait(5).say("ROOM", "c7")
    third = line.ring("8002")
    line.leave(agent, line.citizen).join(agent, line.citizen, bridge="room").wait(2).answer(third)
    assert [leg.role for leg in fold(line.rows).legs] == ["agent", "consult"], "answered, not there yet"
    line.join(third, bridge="room")
    assert [leg.role for leg in fold(line.rows).legs] == ["agent", "agent"]


def test_a_colleague_asked_first_and_then_joined_is_a_conference_and_no_transfer():
    line = Line().enter().queue()
    agent = line.connect("8001")
    line.wait(10).leave(agent)
    colleague = line.ring("8002")
    line.wait(2).answer(colleague).join(agent, colleague, bridge="b2").wait(6)
    line.leave(colleague).join(colleague, bridge="b1").leave(agent).join(agent, bridge="b1")  # as the switch writes it
    line.note("ATTENDEDTRANSFER", agent, extra={"bridge1_id": "b1", "bridge2_id": "b2"})
    line.wait(20).hang_up(agent).wait(9).caller_leaves(colleague)
    facts = fold(line.rows)
    assert (facts.conferences, facts.transfers) == (1, 0)
    together = next(row for row in facts.milestones if row["kind"] == "conference")
    assert together["extension"] == "8001"
    assert "transferred" not in {row["kind"] for row in facts.milestones}
    assert [leg.role for leg in facts.legs] == ["agent", "agent"]
    assert faults(facts) == []


def test_a_three_way_conference_with_another_hotline():
    line = Line().enter().queue()
    agent = line.connect("8001")
    line.wait(5).say("DESK", "119").say("OUT", "119").say("ROOM", "c7")
    outside = line.dial()
    line.leave(agent, line.citizen).join(agent, line.citizen, bridge="room").wait(2).answer(outside)
    line.join(outside, bridge="room").wait(30).hang_up(outside).wait(5).caller_leaves(agent)
    facts = fold(line.rows)
    assert (facts.conferences, facts.outcome) == (1, Outcome.ANSWERED)
    outside_leg = next(leg for leg in facts.legs if leg.role == "outside")
    assert outside_leg.desk == "119" or outside_leg.number == "119"
    assert 29_900 <= outside_leg.talk_ms <= 30_100
    assert faults(facts) == []


def test_two_halves_of_a_local_channel_carry_the_talk():
    line = Line().enter().queue()
    left, right = line.start(line.next_id(), "Local/8002@move-00000001;1"), line.start(line.next_id(), "Local/8002@move-00000001;2")
    agent = line.ring("8002")
    line.wait(3).answer(agent).join(agent, right, bridge="far").join(left, line.citizen, bridge="near")
    line.wait(10).leave(left, right).caller_leaves(agent)
    facts = fold(line.rows)
    assert 9_990 <= facts.talk_ms <= 10_010 and [leg.extension for leg in facts.legs] == ["8002"]


def test_calling_out():
    line = Line()
    phone = line.start(line.linkedid, "PJSIP/8001-00000001", exten="13907700001", context="phones", cid_num="8001")
    line.say("OUT", NUMBER)
    citizen = line.dial()
    line.wait(6).answer(citizen).answer(phone).join(citizen, phone).wait(20)
    line.leave(phone).hang_up(citizen, source=line.names[citizen]).hang_up(phone, source=line.names[citizen])
    facts = fold(line.rows)
    assert (facts.direction, facts.number, facts.agent, facts.outcome) == ("out", NUMBER, "8001", Outcome.ANSWERED)
    assert (facts.ended_by, facts.not_invited, facts.called) == ("caller", "outgoing", "")
    assert 19_990 <= facts.talk_ms <= 20_010
    assert NUMBER not in str(facts.milestones)
    assert faults(facts) == []


def test_calling_out_in_vain():
    line = Line()
    phone = line.start(line.linkedid, "PJSIP/8001-00000001", exten="9", context="phones")
    line.say("OUT", NUMBER)
    citizen = line.dial()
    line.wait(6).hang_up(citizen, cause=17).hang_up(phone, cause=17)
    facts = fold(line.rows)
    assert (facts.direction, facts.outcome, facts.cause_text) == ("out", Outcome.NO_ANSWER, "用户忙")
    assert facts.ended_at is not None


def test_colleagues_among_themselves():
    line = Line()
    phone = line.start(line.linkedid, "PJSIP/8001-00000001", exten="8002", context="phones")
    other = line.ring("8002")
    line.wait(2).answer(other).answer(phone).join(other, phone).wait(9).hang_up(other).hang_up(phone)
    facts = fold(line.rows)
    assert (facts.direction, facts.called, facts.agent, facts.outcome) == ("internal", "8002", "8001", Outcome.ANSWERED)


def test_a_supervisor_who_listens_makes_no_call():
    line = Line()
    spy = line.start(line.linkedid, "PJSIP/8009-00000009", context="spy")
    line.answer(spy).note("APP_START", spy, app="ChanSpy", context="spy").wait(5).hang_up(spy)
    assert fold(line.rows) is None


def test_music_in_a_talk_is_hold():
    line = Line().enter().queue()
    line.note("STREAM_BEGIN", line.citizen, event="MOH_STREAM_BEGIN").wait(3)
    line.note("STREAM_END", line.citizen, event="MOH_STREAM_END")
    agent = line.connect()
    line.wait(10).note("HOLD", agent).note("STREAM_BEGIN", line.citizen, event="MOH_STREAM_BEGIN").wait(20)
    line.note("STREAM_END", line.citizen, event="MOH_STREAM_END").wait(2).note("UNHOLD", agent).caller_leaves(agent)
    facts = fold(line.rows)
    assert 19_990 <= facts.hold_ms <= 20_010 and 11_990 <= facts.talk_ms <= 12_010
    assert [line["extension"] for line in only(facts, "held") + only(facts, "retrieved")] == ["8001", "8001"]


def test_an_agent_let_go_by_the_switch_in_the_same_millisecond_as_the_citizen_ended_the_call():
    """So it is when the manager hangs up a telephone that holds: no record says who it was."""
    line = Line().enter()
    phone = line.ring("8001")
    line.wait(1).answer(phone).join(line.citizen, phone).wait(10).leave(phone)
    end = line.at
    line.hang_up(phone, source="").hang_up(line.citizen, source="dialplan/builtin")
    facts = fold([replace(row, at=end) if row.kind in {"HANGUP", "CHAN_END"} else row for row in line.rows])
    assert facts.legs[0].ended_at == facts.ended_at
    assert (facts.outcome, facts.ended_by) == (Outcome.ANSWERED, "agent")


@pytest.mark.parametrize(("events", "outcome"), [
    ([("BLOCKED", "refuse")], Outcome.BLOCKED),
    ([("HUMAN", ""), ("QUEUE", "q1"), ("QUEUEEND", "q1:TIMEOUT:"), ("MAIL", "m1.wav")], Outcome.VOICEMAIL),
    ([("HUMAN", ""), ("QUEUE", "q1"), ("CALLBACK", NUMBER)], Outcome.CALL_BACK),
    ([("NODE", "f1v1:closed")], Outcome.CLOSED),
    ([("NODE", "f1v1:progress"), ("KEY", "f1v1:progress:123456")], Outcome.SELF_SERVICE),
])
def test_other_ends(events, outcome):
    line = Line().enter()
    for event, text in events:
        line.say(event, text).wait(1)
    line.hang_up(line.citizen, source="dialplan/builtin")
    facts = fold(line.rows, {"f1v1:closed": "closed", "f1v1:progress": "self_service"})
    assert facts.outcome == outcome and facts.ended_by == "system"
    assert NUMBER not in str(facts.milestones) and "123456" not in str(facts.milestones)


@pytest.mark.parametrize(("reason", "outcome"), [("lines", Outcome.LOST), ("flood", Outcome.BLOCKED), ("number", Outcome.BLOCKED)])
def test_not_let_in(reason, outcome):
    line = Line().enter().say("REFUSE", reason)
    line.hang_up(line.citizen, cause=34)
    assert fold(line.rows).outcome == outcome


def test_hanging_up_in_the_menus():
    line = Line().enter().say("NODE", "f1v1:welcome").wait(2).end()
    assert fold(line.rows, {"f1v1:welcome": "menu"}).outcome == Outcome.ABANDONED_MENU


def test_a_queue_that_nobody_served_ends_by_the_system():
    line = Line().enter().queue().wait(120).say("QUEUEEND", "q1:TIMEOUT:")
    line.hang_up(line.citizen, source="dialplan/builtin")
    assert fold(line.rows).outcome == Outcome.NO_ANSWER


@pytest.mark.req("R016")
def test_a_restart_of_the_switch_is_what_lost_the_call():
    line = Line().enter().queue()
    line.connect("8001")
    line.wait(30).say("RECORD", "x.wav")
    restart = Record(at=line.at + timedelta(seconds=4), linkedid="", uniqueid="", kind="SWITCH_START", channel="")
    facts = fold([*line.rows, restart])
    assert (facts.outcome, facts.ended_by, facts.cause_text) == (Outcome.LOST, "system", "话务交换系统重启")
    assert facts.ended_at - restart.at < timedelta(milliseconds=1) and facts.not_invited == "lost"
    assert all(leg.ended_at for leg in facts.legs)
    assert faults(facts) == []
    known = Record(
        at=restart.at, linkedid="", uniqueid="", kind="SWITCH_START", channel="",
        extra={"down_at": (line.at + timedelta(seconds=1)).isoformat()},
    )
    assert fold([*line.rows, known]).ended_at < facts.ended_at


def test_a_restart_does_not_touch_what_had_ended():
    line = served()
    restart = Record(at=line.at + timedelta(seconds=4), linkedid="", uniqueid="", kind="SWITCH_START", channel="")
    assert fold([*line.rows, restart]) == fold(line.rows)


def test_nothing_is_no_call():
    assert fold([]) is None
    assert fold([Record(at=BEGIN, linkedid="", uniqueid="", kind="SWITCH_START", channel="")]) is None


def test_two_agents_on_one_caller_are_noticed():
    line = Line().enter().queue()
    one = line.connect("8001")
    two = line.connect("8002")
    line.wait(5).leave(line.citizen).hang_up(two).hang_up(one).end()
    assert any("on one caller" in fault for fault in faults(fold(line.rows)))
