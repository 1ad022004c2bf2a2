"""Whatever happens in a call, in whatever order its records arrive."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.stream import BEGIN, Line
from huying.calls.catalog import Outcome
from huying.calls.rules.fold import faults, fold
from huying.switch.records import Record

STEPS = ["miss", "refuse", "serve", "hold", "blind", "consult", "attended", "conference", "menu", "wait"]
PAUSE = st.floats(min_value=0.25, max_value=40)


@st.composite
def calls(draw) -> Line:
    """A call as the switch could really run it: queue, refusals, talk, hold, transfers, advice, conference, an end."""
    line = Line(step=draw(st.sampled_from([0.001, 0.0003, 0.02])))
    line.enter(called=draw(st.sampled_from(["12345", "12319", ""])))
    agent, seat, bridge, queued = "", 8001, 0, False
    for step in draw(st.lists(st.sampled_from(STEPS), max_size=12)):
        line.wait(draw(PAUSE))
        if step == "menu" and not queued:
            line.say("NODE", "f1v1:a").say("KEY", "f1v1:a:" + draw(st.sampled_from(["1", "timeout", "4506001"])))
        if step in {"miss", "refuse", "serve"} and not agent:
            if not queued:
                line.queue()
            queued, seat = True, seat + 1
            if step == "serve":
                bridge += 1
                agent = line.connect(str(seat), after=draw(PAUSE), bridge=f"b{bridge}")
            else:
                phone = line.ring(str(seat))
                line.wait(draw(PAUSE)).hang_up(phone, cause=0 if step == "miss" else 21)
        if not agent:
            continue
        if step == "hold":
            line.note("HOLD", agent)
            music = draw(st.booleans())
            if music:
                line.note("STREAM_BEGIN", line.citizen, event="MOH_STREAM_BEGIN")
            line.wait(draw(PAUSE))
            if music:
                line.note("STREAM_END", line.citizen, event="MOH_STREAM_END")
            line.note("UNHOLD", agent)
        elif step == "blind":
            line.note("BLINDTRANSFER", agent, extra={"extension": "q-2"}).hang_up(agent).leave(line.citizen).say("QUEUE", "q2")
            agent, queued = "", True
        elif step in {"consult", "attended"}:
            agent, bridge, seat = advice(line, draw, agent, bridge, seat + 1, hand_over=step == "attended")
        elif step == "conference":
            line.say("ROOM", "r1").say("OUT", "119")
            third = line.dial()
            line.answer(third).join(third, bridge=line.bridges[agent]).wait(draw(PAUSE)).hang_up(third)
    finish(line, draw, agent)
    return line


def advice(line: Line, draw, agent: str, bridge: int, seat: int, *, hand_over: bool) -> tuple[str, int, int]:
    before = line.bridges[agent]
    line.leave(agent)
    colleague = line.ring(str(seat))
    line.wait(draw(PAUSE)).answer(colleague).join(agent, colleague, bridge=f"x{bridge}").wait(draw(PAUSE))
    if hand_over:
        line.note("ATTENDEDTRANSFER", agent).leave(colleague).join(colleague, bridge=before).hang_up(agent)
        return colleague, bridge + 1, seat
    line.hang_up(colleague).leave(agent).join(agent, bridge=before)
    return agent, bridge + 1, seat


def finish(line: Line, draw, agent: str) -> None:
    line.wait(draw(PAUSE))
    if not agent:
        line.end()
    elif draw(st.booleans()):
        line.caller_leaves(agent)
    else:
        line.agent_leaves(agent).say("INVITE", "key").wait(draw(PAUSE)).say("RATE", draw(st.sampled_from(["5", "1", ""])))
        line.end(by=agent)


MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(calls())
def test_what_can_happen_has_no_faults(line):
    facts = fold(line.rows)
    assert faults(facts) == []
    assert facts.outcome != Outcome.GOING_ON
    if facts.answered_at:
        span = (facts.ended_at - facts.answered_at).total_seconds() * 1000
        assert facts.talk_ms + facts.hold_ms <= span + 0.5
    assert facts.talk_ms <= sum(leg.talk_ms for leg in facts.legs)  # more than one may talk at a time
    assert facts.offers == sum(leg.role == "agent" for leg in facts.legs)


@MANY
@given(calls(), st.data())
def test_every_beginning_of_a_call_folds(line, data):
    cut = data.draw(st.integers(min_value=0, max_value=len(line.rows)))
    facts = fold(line.rows[:cut])
    assert (facts is None) == (cut == 0)
    if facts:
        assert faults(facts, complete=False) == []


@MANY
@given(calls(), st.randoms(use_true_random=False))
def test_order_and_repetition_of_the_records_change_nothing(line, dice: random.Random):
    rows = [*line.rows, *dice.choices(line.rows, k=min(len(line.rows), 10))]
    dice.shuffle(rows)
    assert fold(rows) == fold(line.rows)


@MANY
@given(calls(), st.data())
def test_a_restart_in_the_middle_ends_everything(line, data):
    cut = data.draw(st.integers(min_value=1, max_value=len(line.rows)))
    rows = line.rows[:cut]
    restart = Record(at=rows[-1].at, linkedid="", uniqueid="", kind="SWITCH_START", channel="")
    facts = fold([*rows, restart])
    assert facts.ended_at is not None
    assert faults(facts) == []
    assert (facts.outcome == Outcome.LOST) == (fold(rows).ended_at is None)


KINDS = [
    "CHAN_START", "ANSWER", "BRIDGE_ENTER", "BRIDGE_EXIT", "HANGUP", "CHAN_END", "HOLD", "UNHOLD", "USER_DEFINED",
    "BLINDTRANSFER", "ATTENDEDTRANSFER", "LINKEDID_END", "APP_START", "FORWARD", "STREAM_BEGIN", "STREAM_END",
    "SWITCH_START", "nonsense",
]
EVENTS = [
    "ENTER", "ROUTE", "NODE", "KEY", "QUEUE", "QUEUEEND", "RATE", "RECORD", "BLOCKED", "REFUSE", "MOH_STREAM_BEGIN",
    "MOH_STREAM_END", "ROOM", "OUT", "?",
]
NAMES = ["PJSIP/carrier-00000001", "PJSIP/8001-00000002", "PJSIP/8002-00000003", "Local/x@y-0001;1", "Local/x@y-0001;2", "Message/1", ""]
TEXT = st.one_of(st.text(max_size=30), st.sampled_from(["f1v1:a:1", "{}", "[1]", '{"flow": {"a": 1}}', "q1:TIMEOUT:", "refuse"]))


@st.composite
def nonsense(draw) -> Record:
    extra = draw(st.dictionaries(st.sampled_from(["extra", "bridge_id", "hangupcause", "hangupsource", "extension", "down_at"]),
                                 st.one_of(TEXT, st.integers(), st.none(), st.lists(st.integers(), max_size=2)), max_size=3))
    return Record(
        at=BEGIN.replace(microsecond=draw(st.integers(0, 999_999))), linkedid=draw(st.sampled_from(["1.1", "2.1", "x", "☎"])),
        uniqueid=draw(st.sampled_from(["1.1", "1.2", "1.3", "x"])), kind=draw(st.sampled_from(KINDS)),
        channel=draw(st.sampled_from(NAMES)), user_event=draw(st.sampled_from(EVENTS)), extra=extra,
        exten=draw(st.text(max_size=5)), cid_num=draw(st.text(max_size=80)), app=draw(st.sampled_from(["", "ChanSpy", "Queue"])),
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(nonsense(), max_size=25))
def test_nonsense_is_survived(rows):
    facts = fold(rows)
    assert facts is None or (facts.talk_ms >= 0 and facts.hold_ms >= 0 and len(facts.number) <= 64)
