"""What Asterisk tells of each kind of call, played for real.

The recorded streams lie in streams/*.csv for the fold of calls; `HUYING_RECORD_STREAMS=1` makes them anew.
"""

import os
import time
from pathlib import Path

import pytest

from huying.switch import records

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


def connected(node, carrier, called="12345", caller="13800138000", extension="1001", queue="support", **how):
    agent = node.telephone(extension, **how)
    node.members(queue, extension)
    call = carrier.call(called, caller).wait_answered()
    desk = agent.wait_offered().wait_answered()
    time.sleep(0.8)
    return agent, call, desk


def test_answered_rated(node, carrier):
    _, call, desk = connected(node, carrier)
    desk.hangup()
    node.wait_told("INVITE")
    call.press("4")
    call.wait_ended()
    assert events(node) == ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "INVITE key", "RATE 4"]


def test_abandoned(node, carrier):
    call = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("QUEUE support")
    time.sleep(1)
    call.hangup()
    node.wait_told("QUEUEEND")
    assert events(node) == ["QUEUE support", "QUEUEEND support:ABANDON:"]


def test_ring_no_answer_then_answered(node, carrier):
    quiet = node.telephone("1001", behave="ring")
    node.members("support", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    quiet.wait_offered().wait_ended(8)
    ready = node.telephone("1002")
    node.cli("queue pause member PJSIP/1001 queue support")
    node.members("support", "1002")
    desk = ready.wait_offered().wait_answered()
    time.sleep(0.5)
    desk.hangup()
    node.wait_told("INVITE")
    call.hangup()
    assert events(node)[:2] == ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1002"]


def test_refused_by_agent(node, carrier):
    refusing = node.telephone("1001", behave="refuse")
    node.members("support", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    refusing.wait_offered().wait_ended()
    node.cli("queue pause member PJSIP/1001 queue support")
    ready = node.telephone("1002")
    node.members("support", "1002")
    desk = ready.wait_offered().wait_answered()
    time.sleep(0.5)
    call.hangup()
    desk.wait_ended()
    node.wait_told("QUEUEEND")
    assert events(node) == ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1002"]


def test_blind_transfer(node, carrier, manager):
    _, call, desk = connected(node, carrier)
    second = node.telephone("1002")
    moved = manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="1002")
    assert moved["Response"] == "Success"
    other = second.wait_offered().wait_answered()
    desk.wait_ended()
    time.sleep(0.8)
    assert other.heard > 20
    other.hangup()
    node.wait_told("INVITE")
    call.press("3")
    call.wait_ended()
    assert events(node) == ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "INVITE key", "RATE 3"]


def test_blind_transfer_not_answered_goes_back(node, carrier, manager):
    agent, call, _ = connected(node, carrier)
    node.telephone("1002", behave="refuse")
    manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="1002")
    again = agent.wait_offered(2).wait_answered()
    time.sleep(0.5)
    again.hangup()
    node.wait_told("INVITE")
    call.hangup()
    assert events(node, "INVITE", "RATE") == ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001"] * 2


def test_blind_transfer_to_a_queue(node, carrier, manager):
    _, call, desk = connected(node, carrier)
    second = node.telephone("1002")
    node.members("second", "1002")
    manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="q-second")
    desk.wait_ended()
    other = second.wait_offered().wait_answered()
    time.sleep(0.5)
    other.hangup()
    node.wait_told("INVITE")
    call.hangup()
    assert events(node, "INVITE", "RATE") == [
        "QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "QUEUE second", "QUEUEEND second:ANSWERED:PJSIP/1002",
    ]


def test_blind_transfer_outside(node, carrier, manager, outside):
    _, call, desk = connected(node, carrier)
    manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="057188886666")
    third = outside.wait_offered().wait_answered()
    assert third.dialled == "057188886666" and "057112345" in third.remote
    desk.wait_ended()
    time.sleep(0.8)
    third.hangup()
    call.wait_ended()
    assert events(node) == ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "OUT 057188886666"]


@pytest.mark.req("R228")
def test_one_key_desk(node, carrier, manager, outside):
    _, call, _ = connected(node, carrier)
    manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="desk-110")
    third = outside.wait_offered().wait_answered()
    assert third.dialled == "110"
    time.sleep(0.5)
    call.hangup()
    third.wait_ended()
    assert events(node) == ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "DESK 110"]


def test_attended_transfer(node, carrier, manager):
    _, call, desk = connected(node, carrier)
    second = node.telephone("1002")
    first = manager.channel("PJSIP/1001-")
    assert manager.act(Action="Atxfer", Channel=first, Context="move", Exten="1002")["Response"] == "Success"
    other = second.wait_offered().wait_answered()
    time.sleep(1)
    assert other.heard > 20
    desk.hangup()
    time.sleep(1.2)
    heard = other.heard
    time.sleep(0.5)
    assert other.heard > heard and not call.ended.is_set()
    other.hangup()
    node.wait_told("INVITE")
    call.hangup()
    assert events(node, "INVITE", "RATE") == ["QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001"]


def test_attended_transfer_taken_back(node, carrier, manager):
    """The one asked declines: the caller, who heard music, is back with the first."""
    _, call, desk = connected(node, carrier)
    second = node.telephone("1002")
    manager.act(Action="Atxfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="1002")
    other = second.wait_offered().wait_answered()
    time.sleep(0.5)
    other.hangup()
    time.sleep(1)
    assert not call.ended.is_set() and not desk.ended.is_set()
    desk.hangup()
    node.wait_told("INVITE")
    call.hangup()


@pytest.mark.req("R228")
def test_three_way(node, carrier, manager, outside):
    _, call, desk = connected(node, carrier, tone=880)
    mine, theirs = manager.channel("PJSIP/1001-"), manager.channel("PJSIP/trunk-carrier-")
    room = f"room-{node.records()[0].linkedid}"
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
    time.sleep(1.5)
    assert call.hears(880) and call.hears(1600) and desk.hears(440) and desk.hears(1600) and third.hears(440) and third.hears(880)
    third.hangup()
    time.sleep(0.5)
    assert not call.ended.is_set()
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
    time.sleep(1)
    far.hangup()
    call.wait_ended()
    assert events(node) == ["OUT 013800138000"]


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
    time.sleep(0.5)
    call.hangup()
    far.wait_ended()


def test_internal(node):
    phone, other = node.telephone("1001"), node.telephone("1002")
    call = phone.call("1002")
    ringing = other.wait_offered().wait_answered()
    assert "1001" in ringing.remote
    call.wait_answered()
    time.sleep(0.5)
    call.hangup()
    ringing.wait_ended()
    assert node.told() == []


def test_voicemail(node, carrier):
    call = carrier.call("12346", "13800138000").wait_answered()
    node.wait_told("NODE f1v1:main")
    call.press("3")
    node.wait_told("NODE f1v1:leave")
    time.sleep(2.5)
    call.hangup()
    node.wait_told("MAIL")
    name = node.told()[-1].split()[1]
    assert (node.plan.folder / "spool/voicemail" / name).stat().st_size > 16_000


@pytest.mark.req("R042")
def test_callback(node, carrier):
    call = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("QUEUE support")
    time.sleep(0.5)
    call.press("9")
    node.wait_told("CALLBACK 13800138000", seconds=12)
    call.wait_ended()
    assert events(node) == ["QUEUE support", "KEY waiting:support:9", "QUEUEEND support:KEY:", "CALLBACK 13800138000"]


def test_callback_to_another_number(node, carrier):
    call = carrier.call("12346", "13800138000").wait_answered()
    node.wait_told("NODE f1v1:main")
    call.press("4")
    node.wait_told("NODE f1v1:call")
    time.sleep(0.5)
    call.press("2")
    time.sleep(0.8)
    call.press("88881234#")
    node.wait_told("CALLBACK 88881234")
    call.wait_ended()


def test_blocked(node, carrier):
    node.cli("database put blocked 13811112222 1")
    call = carrier.call("12345", "13811112222").wait_answered()
    call.wait_ended(12)
    assert events(node) == ["BLOCKED refused"]


@pytest.mark.req("R214")
def test_last_agent(node, carrier, web):
    web.answer = {"queue": "support", "last": "p1"}
    other = node.telephone("1002")
    last = node.telephone("1001")
    node.members("support", "1002")
    node.members("p1", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    desk = last.wait_offered().wait_answered()
    time.sleep(0.5)
    desk.hangup()
    node.wait_told("INVITE")
    call.hangup()
    assert other.arrived == []
    assert events(node)[:2] == ["QUEUE p1", "QUEUEEND p1:ANSWERED:PJSIP/1001"]


@pytest.mark.req("R214")
def test_last_agent_not_there(node, carrier, web):
    """Busy, paused or silent for ten seconds: then the group."""
    web.answer = {"queue": "support", "last": "p1"}
    other = node.telephone("1002")
    node.telephone("1001")
    node.members("support", "1002")
    node.members("p1", "1001")
    node.cli("queue pause member PJSIP/1001 queue p1")
    begin = time.monotonic()
    call = carrier.call("12345", "13800138000").wait_answered()
    other.wait_offered().wait_answered()
    assert time.monotonic() - begin < 3
    call.hangup()
    node.wait_told("QUEUEEND support")
    assert events(node) == ["QUEUE p1", "QUEUEEND p1:JOINEMPTY:", "QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1002"]


@pytest.mark.req("R042")
def test_overflow(node, carrier):
    helper = node.telephone("1003")
    node.members("second", "1003")
    call = carrier.call("12347", "13800138000").wait_answered()
    desk = helper.wait_offered(seconds=12).wait_answered()
    time.sleep(0.5)
    desk.hangup()
    node.wait_told("INVITE")
    call.hangup()
    assert events(node)[:4] == ["QUEUE short", "QUEUEEND short:TIMEOUT:", "QUEUE second", "QUEUEEND second:ANSWERED:PJSIP/1003"]


def test_nobody(node, carrier):
    """Nobody came: the caller chooses; who says nothing waits on."""
    call = carrier.call("12348", "13800138000").wait_answered()
    node.wait_told("KEY nobody:alone:timeout", seconds=20)
    node.wait_told("QUEUE alone", since=len(node.told()) - 1)
    since = len(node.told())
    node.wait_told("QUEUEEND alone:TIMEOUT:", seconds=12, since=since - 1)
    time.sleep(0.6)
    call.press("2")
    node.wait_told("KEY nobody:alone:2")
    time.sleep(2)
    call.hangup()
    node.wait_told("MAIL")


@pytest.mark.req("R215")
def test_hold(node, carrier):
    _, call, desk = connected(node, carrier)
    desk.hold()
    time.sleep(1.5)
    desk.hold(False)
    time.sleep(0.8)
    desk.hangup()
    node.wait_told("INVITE")
    call.hangup()
    mine = [r for r in node.records() if r.channel.startswith("PJSIP/trunk")]
    talk = [r.kind for r in mine].index("BRIDGE_ENTER")
    assert [r.user_event or r.kind for r in mine[talk : talk + 4]] == [
        "BRIDGE_ENTER", "MOH_STREAM_BEGIN", "MOH_STREAM_END", "BRIDGE_EXIT",
    ]
    assert 1.3 < (mine[talk + 2].at - mine[talk + 1].at).total_seconds() < 1.8


def test_self_service(node, carrier, web):
    web.answer = lambda path, asked: {"sounds": "uploaded/hello&digits/3", "exit": "next"} if path.endswith("service") else {}
    call = carrier.call("12346", "13800138000").wait_answered()
    node.wait_told("NODE f1v1:main")
    call.press("2")
    node.wait_told("NODE f1v1:status")
    call.press("1234")
    node.wait_told("NODE f1v1:bye")
    call.wait_ended()
    asked = next(fields for path, fields in web.asked if path.endswith("/switch/service"))
    assert (asked["service"], asked["digits"], asked["caller"]) == ("order_progress", "status:1234.", "13800138000")
    assert events(node) == [
        "NODE f1v1:hello", "NODE f1v1:main", "KEY f1v1:main:2", "NODE f1v1:status", "KEY f1v1:status:1234", "NODE f1v1:ask",
        "NODE f1v1:bye",
    ]


@pytest.mark.req("R218")
@pytest.mark.parametrize(("mode", "agent_hears", "caller_hears"), [("q", False, False), ("w", True, False), ("b", True, True)])
def test_spy(node, carrier, manager, mode, agent_hears, caller_hears):
    _, call, desk = connected(node, carrier, tone=880)
    leader = node.telephone("1009", tone=1600)
    manager.act(Action="Originate", Channel="PJSIP/1009", Context="spy", Exten=f"{mode}-1001", Priority="1", Async="true")
    ear = leader.wait_offered().wait_answered()
    time.sleep(1.5)
    assert ear.hears(440) and ear.hears(880) and call.hears(880) and desk.hears(440)
    assert (desk.hears(1600), call.hears(1600)) == (agent_hears, caller_hears)
    call.hangup()
    desk.wait_ended()
    ear.wait_ended()
