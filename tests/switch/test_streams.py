"""What Asterisk tells of each kind of call, played for real.

The recorded streams lie in streams/*.csv for the fold of calls; `HUYING_RECORD_STREAMS=1` makes them anew.
"""

import os
import time
from pathlib import Path

import pytest

from huying.switch import records
from telephony.node import eventually

STREAMS = Path(__file__).parent / "streams"


@pytest.fixture(autouse=True)
def stream(request, node):
    """Keep what was told, under the test's name."""
    yield
    node.quiet()
    if os.environ.get("HUYING_RECORD_STREAMS") == "1":
        name = request.node.name.removeprefix("test_").partition("[")[0]
        (STREAMS / f"{name}.csv").write_bytes((node.plan.folder / records.FILE).read_bytes()[node.begin :])


def events(node, *without):
    return [line for line in node.told() if not line.startswith(("ENTER", "ROUTE", "RECORD", "HUMAN", *without))]


def told(node, wanted, *without):
    """That all calls are over, and these are the events of them."""
    node.quiet()
    assert events(node, *without) == wanted


def connected(node, carrier, called="12345", caller="13800138000", extension="1001", queue="support", **how):
    agent = node.telephone(extension, **how)
    node.members(queue, extension)
    call = carrier.call(called, caller).wait_answered()
    desk = agent.wait_offered().wait_answered().wait_heard()
    call.wait_heard()
    return agent, call, desk


def test_answered_rated(node, carrier):
    _, call, desk = connected(node, carrier)
    desk.hangup()
    node.wait_told("INVITE")
    call.press("4")
    call.wait_ended()
    told(node, ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "INVITE key", "RATE 4"])


def test_abandoned(node, carrier):
    call = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("QUEUE support")
    time.sleep(1)
    call.hangup()
    node.wait_told("QUEUEEND")
    told(node, ["QUEUE support", "QUEUEEND support:ABANDON:"])


def test_ring_no_answer_then_answered(node, carrier):
    quiet = node.telephone("1001", behave="ring")
    node.members("support", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    quiet.wait_offered().wait_ended()
    ready = node.telephone("1002")
    node.cli("queue pause member PJSIP/1001 queue support")
    node.members("support", "1002")
    desk = ready.wait_offered().wait_answered().wait_heard()
    desk.hangup()
    node.wait_told("INVITE")
    call.hangup()
    told(node, ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1002"], "INVITE", "RATE")


def test_refused_by_agent(node, carrier):
    refusing = node.telephone("1001", behave="refuse")
    node.members("support", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    refusing.wait_offered().wait_ended()
    node.cli("queue pause member PJSIP/1001 queue support")
    ready = node.telephone("1002")
    node.members("support", "1002")
    desk = ready.wait_offered().wait_answered().wait_heard()
    call.hangup()
    desk.wait_ended()
    node.wait_told("QUEUEEND")
    told(node, ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1002"])


def test_blind_transfer(node, carrier, manager):
    _, call, desk = connected(node, carrier)
    second = node.telephone("1002")
    moved = manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="1002")
    assert moved["Response"] == "Success"
    other = second.wait_offered().wait_answered()
    desk.wait_ended()
    other.wait_heard()
    other.hangup()
    node.wait_told("INVITE")
    call.press("3")
    call.wait_ended()
    told(node, ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "INVITE key", "RATE 3"])


def test_blind_transfer_not_answered_goes_back(node, carrier, manager):
    agent, call, _ = connected(node, carrier)
    node.telephone("1002", behave="refuse")
    manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="1002")
    agent.wait_offered(2).wait_answered().wait_heard().hangup()
    node.wait_told("INVITE")
    call.hangup()
    told(node, ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001"] * 2, "INVITE", "RATE")


def test_blind_transfer_to_a_queue(node, carrier, manager):
    _, call, desk = connected(node, carrier)
    second = node.telephone("1002")
    node.members("second", "1002")
    manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="q-second")
    desk.wait_ended()
    second.wait_offered().wait_answered().wait_heard().hangup()
    node.wait_told("INVITE")
    call.hangup()
    told(node, [
        "QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "QUEUE second", "QUEUEEND second:ANSWERED:PJSIP/1002",
    ], "INVITE", "RATE")


def test_blind_transfer_outside(node, carrier, manager, outside):
    _, call, desk = connected(node, carrier)
    manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="057188886666")
    third = outside.wait_offered().wait_answered()
    assert third.dialled == "057188886666" and "057112345" in third.remote
    desk.wait_ended()
    third.wait_heard().hangup()
    call.wait_ended()
    told(node, ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "OUT 057188886666"])


@pytest.mark.req("R228")
def test_one_key_desk(node, carrier, manager, outside):
    _, call, _ = connected(node, carrier)
    manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="desk-110")
    third = outside.wait_offered().wait_answered()
    assert third.dialled == "110"
    third.wait_heard()
    call.hangup()
    third.wait_ended()
    told(node, ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "DESK 110"])


def test_attended_transfer(node, carrier, manager):
    _, call, desk = connected(node, carrier, tone=880)
    second = node.telephone("1002", tone=1600)
    first = manager.channel("PJSIP/1001-")
    assert manager.act(Action="Atxfer", Channel=first, Context="move", Exten="1002")["Response"] == "Success"
    other = second.wait_offered().wait_answered().wait_heard(880)
    desk.wait_heard(1600).hangup()
    other.wait_heard(440)
    call.wait_heard(1600)
    other.hangup()
    node.wait_told("INVITE")
    call.hangup()
    told(node, ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001"], "INVITE", "RATE")


def test_attended_transfer_taken_back(node, carrier, manager):
    """The one asked declines: the caller, who heard music, is back with the first."""
    _, call, desk = connected(node, carrier, tone=880)
    second = node.telephone("1002", tone=1600)
    manager.act(Action="Atxfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="1002")
    second.wait_offered().wait_answered().wait_heard(880).hangup()
    call.wait_heard(880)
    desk.wait_heard(440)
    desk.hangup()
    node.wait_told("INVITE")
    call.hangup()


@pytest.mark.req("R228")
def test_three_way(node, carrier, manager, outside):
    _, call, desk = connected(node, carrier, tone=880)
    mine, theirs = manager.channel("PJSIP/1001-"), manager.channel("PJSIP/trunk-carrier-")
    room = f"room-{node.first_call()}"
    assert manager.act(
        Action="Redirect", Channel=theirs, Context="move", Exten=room, Priority="1",
        ExtraChannel=mine, ExtraContext="move", ExtraExten=room, ExtraPriority="1",
    )["Response"] == "Success"
    assert manager.act(
        Action="Originate", Channel="Local/desk-12315@move/n", Context="move", Exten=room, Priority="1", Async="true",
        CallerID="057112345", Variable="__HY_CENTRE=c1",
    )["Response"] == "Success"
    third = outside.wait_offered().wait_answered()
    assert third.dialled == "12315"
    call.wait_heard(880, 1600)
    desk.wait_heard(440, 1600)
    third.wait_heard(440, 880).hangup()
    call.wait_heard(880)
    desk.hangup()
    node.wait_told("INVITE")
    call.press("5")
    call.wait_ended()
    assert "QUEUEEND support:ANSWERED:PJSIP/1001" in node.told()
    assert node.told().count(f"ROOM {room[5:]}") == 3
    assert len([record for record in node.records(room[5:]) if record.user_event == "RECORD"]) == 1


@pytest.mark.req("R206")
def test_outbound(node, outside):
    phone = node.telephone("1001")
    call = phone.call("013800138000")
    far = outside.wait_offered().wait_answered()
    assert far.dialled == "013800138000" and "sip:057112345@" in far.remote
    call.wait_answered()
    far.wait_heard().hangup()
    call.wait_ended()
    told(node, ["OUT 013800138000"])


def test_outbound_busy(node, outside):
    outside.behave = "refuse"
    phone = node.telephone("1001")
    call = phone.call("013800138000").wait_ended()
    assert call.status == 486


def test_click_to_call(node, outside, manager):
    phone = node.telephone("1001")
    manager.act(Action="Originate", Channel="PJSIP/1001", Context="phones", Exten="013800138000", Priority="1", Async="true",
                CallerID="013800138000")
    call = phone.wait_offered().wait_answered()
    far = outside.wait_offered().wait_answered()
    assert "sip:057112345@" in far.remote
    call.wait_heard(1600)
    call.hangup()
    far.wait_ended()


def test_internal(node):
    phone, other = node.telephone("1001"), node.telephone("1002")
    call = phone.call("1002")
    ringing = other.wait_offered().wait_answered()
    assert "1001" in ringing.remote
    call.wait_answered().wait_heard()
    call.hangup()
    ringing.wait_ended()
    assert node.told() == []


def test_voicemail(node, carrier):
    call = carrier.call("12346", "13800138000").wait_answered()
    node.wait_told("NODE f1v1:main")
    node.wait_playing("welcome")
    call.press("3")
    node.wait_told("NODE f1v1:leave")
    kept = node.plan.folder / "spool/voicemail" / f"{node.first_call()}.wav"
    eventually(lambda: kept.exists() and kept.stat().st_size > 16_000)
    call.hangup()
    node.wait_told(f"MAIL {kept.name}")
    assert kept.stat().st_size > 16_000


@pytest.mark.req("R042")
def test_callback(node, carrier):
    call = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("QUEUE support")
    node.wait_playing("default")
    call.press("9")
    node.wait_told("CALLBACK 13800138000")
    call.wait_ended()
    told(node, ["QUEUE support", "KEY waiting:support:9", "QUEUEEND support:KEY:", "CALLBACK 13800138000"])


def test_callback_to_another_number(node, carrier):
    call = carrier.call("12346", "13800138000").wait_answered()
    node.wait_told("NODE f1v1:main")
    node.wait_playing("welcome")
    call.press("4")
    node.wait_told("NODE f1v1:call")
    node.wait_playing("callback")
    call.press("2")
    node.wait_playing("callback-number")
    call.press("88881234#")
    node.wait_told("CALLBACK 88881234")
    call.wait_ended()


def test_blocked(node, carrier):
    node.cli("database put blocked 13811112222 1")
    call = carrier.call("12345", "13811112222").wait_answered()
    call.wait_ended()
    told(node, ["BLOCKED refused"])


@pytest.mark.req("R214")
def test_last_agent(node, carrier, web):
    web.answer = {"queue": "support", "last": "p1"}
    other = node.telephone("1002")
    last = node.telephone("1001")
    node.members("support", "1002")
    node.members("p1", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    last.wait_offered().wait_answered().wait_heard().hangup()
    node.wait_told("INVITE")
    call.hangup()
    assert other.arrived == []
    told(node, ["QUEUE p1", "QUEUEEND p1:ANSWERED:PJSIP/1001"], "INVITE", "RATE")


@pytest.mark.req("R214")
def test_last_agent_not_there(node, carrier, web):
    """Busy or paused: then the group, at once; nobody rings in vain."""
    web.answer = {"queue": "support", "last": "p1"}
    other = node.telephone("1002")
    last = node.telephone("1001")
    node.members("support", "1002")
    node.members("p1", "1001")
    node.cli("queue pause member PJSIP/1001 queue p1")
    call = carrier.call("12345", "13800138000").wait_answered()
    other.wait_offered().wait_answered().wait_heard()
    assert last.arrived == []
    call.hangup()
    node.wait_told("QUEUEEND support")
    told(node, ["QUEUE p1", "QUEUEEND p1:JOINEMPTY:", "QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1002"])


@pytest.mark.req("R042")
def test_overflow(node, carrier):
    helper = node.telephone("1003")
    node.members("second", "1003")
    call = carrier.call("12347", "13800138000").wait_answered()
    helper.wait_offered().wait_answered().wait_heard().hangup()
    node.wait_told("INVITE")
    call.hangup()
    wanted = ["QUEUE short", "QUEUEEND short:TIMEOUT:", "QUEUE second", "QUEUEEND second:ANSWERED:PJSIP/1003"]
    told(node, wanted, "INVITE", "RATE")


def test_nobody(node, carrier):
    """Nobody came: the caller chooses; who says nothing waits on."""
    call = carrier.call("12348", "13800138000").wait_answered()
    node.wait_playing("nobody", 2)
    said = events(node)
    waited = ["QUEUE alone", "QUEUEEND alone:TIMEOUT:"]
    assert said == [*waited, "KEY nobody:alone:timeout", *waited]
    call.press("2")
    node.wait_told("KEY nobody:alone:2")
    kept = node.plan.folder / "spool/voicemail" / f"{node.first_call()}.wav"
    eventually(lambda: kept.exists() and kept.stat().st_size > 16_000)
    call.hangup()
    node.wait_told("MAIL")


@pytest.mark.req("R215")
def test_hold(node, carrier):
    _, call, desk = connected(node, carrier)
    begun, before = time.monotonic(), node.streams("default")
    desk.hold()
    node.wait_playing("default", before + 1)
    time.sleep(1.5)
    desk.hold(False)
    desk.wait_heard(440)
    longest = time.monotonic() - begun
    desk.hangup()
    node.wait_told("INVITE")
    call.hangup()
    mine = [r for r in node.records() if r.channel.startswith("PJSIP/trunk")]
    talk = [r.kind for r in mine].index("BRIDGE_ENTER")
    assert [r.user_event or r.kind for r in mine[talk : talk + 4]] == [
        "BRIDGE_ENTER", "MOH_STREAM_BEGIN", "MOH_STREAM_END", "BRIDGE_EXIT",
    ]
    assert 1.5 <= (mine[talk + 2].at - mine[talk + 1].at).total_seconds() <= longest


def test_self_service(node, carrier, web):
    web.answer = lambda path, asked: {"sounds": "uploaded/hello&digits/3", "exit": "next"} if path.endswith("service") else {}
    call = carrier.call("12346", "13800138000").wait_answered()
    node.wait_told("NODE f1v1:main")
    node.wait_playing("welcome")
    call.press("2")
    node.wait_told("NODE f1v1:status")
    node.wait_playing("welcome", 2)
    call.press("1234")
    node.wait_told("NODE f1v1:bye")
    call.wait_ended()
    asked = next(fields for path, fields in web.asked if path.endswith("/switch/service"))
    assert (asked["service"], asked["digits"], asked["caller"]) == ("order_progress", "main:2.status:1234.", "13800138000")
    told(node, [
        "NODE f1v1:hello", "NODE f1v1:main", "KEY f1v1:main:2", "NODE f1v1:status", "KEY f1v1:status:1234", "NODE f1v1:ask",
        "NODE f1v1:bye",
    ])


@pytest.mark.req("R218")
@pytest.mark.parametrize(("mode", "agent_hears", "caller_hears"), [("q", False, False), ("w", True, False), ("b", True, True)])
def test_spy(node, carrier, manager, mode, agent_hears, caller_hears):
    _, call, desk = connected(node, carrier, tone=880)
    leader = node.telephone("1009", tone=1600)
    manager.act(Action="Originate", Channel="PJSIP/1009", Context="spy", Exten=f"{mode}-1001", Priority="1", Async="true")
    ear = leader.wait_offered().wait_answered()
    ear.wait_heard(440, 880)
    for side, theirs, leader_too in ((desk, 440, agent_hears), (call, 880, caller_hears)):
        side.wait_heard(theirs, *([1600] if leader_too else []), frames=50)
        assert side.hears(1600) == leader_too
    call.hangup()
    desk.wait_ended()
    ear.wait_ended()
