"""A citizen's call through a real Asterisk: answered and rated, given up, blocked, and with our web process gone."""

import time

import pytest

from telephony import audio
from telephony.node import eventually


@pytest.mark.req("R199")
def test_answered_and_rated(node, carrier):
    agent = node.telephone("1001")
    node.members("support", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    desk = agent.wait_offered().wait_answered().wait_heard(frames=40)
    call.wait_heard(frames=40)
    desk.hangup()
    node.wait_told("INVITE")
    call.press("5")
    node.wait_told("RATE 5")
    call.wait_ended()
    node.quiet()
    assert [line for line in node.told() if not line.startswith("RECORD")] == [
        "ENTER 12345", "ROUTE fallback", "HUMAN", "QUEUE support", "QUEUEEND support:ANSWERED:PJSIP/1001", "INVITE key", "RATE 5",
    ]


def test_given_up_while_waiting(node, carrier):
    call = carrier.call("12345", "13800138001").wait_answered()
    node.wait_told("QUEUE support")
    node.wait_playing("default")
    call.hangup()
    node.wait_told("QUEUEEND support:ABANDON:")
    node.quiet()
    assert not any(line.startswith(("INVITE", "RATE")) for line in node.told())


def test_hung_up_by_the_caller_is_not_invited(node, carrier):
    agent = node.telephone("1001")
    node.members("support", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    agent.wait_offered().wait_answered().wait_heard()
    call.hangup()
    node.wait_told("QUEUEEND support:ANSWERED:PJSIP/1001")
    node.quiet()
    assert not any(line.startswith(("INVITE", "RATE")) for line in node.told())


def test_invited_but_silent_or_gone(node, carrier):
    agent = node.telephone("1001")
    node.members("support", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    agent.wait_offered().wait_answered().wait_heard().hangup()
    node.wait_told("INVITE")
    call.hangup()
    node.wait_told("RATE none")
    node.quiet()


@pytest.mark.req("R216")
@pytest.mark.parametrize(("key", "told"), [("1", "BLOCKED pass"), ("4", "BLOCKED refused"), ("", "BLOCKED refused")])
def test_a_blocked_caller_may_press_the_emergency_key(node, carrier, key, told):
    node.cli("database put blocked 13811112222 1")
    call = carrier.call("12345", "13811112222").wait_answered()
    node.wait_playing("blocked")
    if key:
        call.press(key)
    else:
        call.hangup()
    node.wait_told(told)
    if key == "1":
        node.wait_told("QUEUE support")
        call.hangup()
    call.wait_ended()
    node.quiet()
    assert any(line.startswith("QUEUE ") for line in node.told()) == (key == "1")
    assert len([line for line in node.told() if line.startswith("BLOCKED")]) == 1


def test_a_blocked_caller_whom_the_web_lets_through(node, carrier, web):
    node.cli("database put blocked 13811112222 1")
    web.answer = {"blocked": False}
    call = carrier.call("12345", "13811112222").wait_answered()
    node.wait_told("QUEUE support")
    call.hangup()
    assert "BLOCKED pass" in node.told()
    assert web.asked[0][0] == "/switch/route"
    asked = web.asked[0][1]
    assert (asked["called"], asked["caller"], asked["key"]) == ("12345", "13811112222", node.plan.web_key)
    assert asked["call"] == node.first_call()


@pytest.mark.req("R203")
def test_the_web_chooses_the_way(node, carrier, web):
    node.telephone("1002")
    node.members("second", "1002")
    web.answer = {"queue": "second", "priority": 7}
    call = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("QUEUE second")
    call.hangup()
    assert "ROUTE flow= queue=second priority=7 last= blocked=" in node.told()


@pytest.mark.parametrize("answer", [
    b"", b"nonsense", b"[1]", b'"x"', b"{", b'{"queue": {"a": 1}, "flow": [], "priority": "x", "last": {}}',
    b'{"flow": "phones", "queue": "no-such", "last": "../../etc", "priority": "99999999999999999999"}',
    b'{"queue": "${SHELL(touch /tmp/x)}", "flow": "f1v1,n1,1)Hangup(", "refuse": "\\u0000\\r\\n"}', b"\xff\xfe{", b"{" * 3000,
])
def test_a_nonsensical_answer_changes_nothing(node, carrier, web, answer):
    web.answer = answer
    call = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("QUEUE support")
    call.hangup()


def test_a_web_that_fails_hangs_or_is_gone(node, carrier, web):
    web.answer, web.status = {"queue": "second"}, 500
    call = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("QUEUE support")
    call.hangup()
    web.status, web.delay = 200, 60
    carrier.call("12345", "13800138000").wait_answered().hangup()  # long before the web has answered
    web.close()
    carrier.call("12345", "13800138000").wait_answered().hangup()
    node.quiet()
    assert node.told().count("ROUTE fallback") == 3
    at = {(record.linkedid, record.user_event): record.at for record in node.records()}
    _, hung, gone = [(at[call, "ROUTE"] - at[call, "ENTER"]).total_seconds() for call, told in at if told == "ROUTE"]
    assert 0.8 < hung < 5 and gone < hung


def test_an_unknown_number_and_a_stranger_are_refused(node, carrier):
    call = carrier.call("99999", "13800138000").wait_ended()
    assert call.status == 404
    stranger = node.carrier("127.0.0.9")
    for called in ("12345", "1001", "13800138000"):
        assert stranger.call(called, "1001").wait_ended().status == 401
    node.quiet()
    assert node.records() == []


@pytest.mark.parametrize(("caller", "clean"), [
    ("+8613800138000", "13800138000"), ("008613800138000", "13800138000"), ("anonymous", ""), ("1", ""), ("1" * 60, ""),
    ("138,0013;8000", ""), ("%24%7BSHELL(id)%7D", ""), ("%22%2C%0d%0a13800138000", ""), ("13800138000&x", "13800138000"),
])
def test_absurd_numbers_of_callers_are_cleaned(node, carrier, web, caller, clean):
    call = carrier.call("12345", caller, display='\\",${X};').wait_answered()
    node.wait_told("QUEUE support")
    call.hangup()
    entered = next(record for record in node.records() if record.user_event == "ENTER")
    assert web.asked[0][1]["caller"] == entered.cid_num
    assert entered.cid_num.isdigit() or entered.cid_num == ""
    if clean:
        assert entered.cid_num == clean


def test_a_flood_from_one_number_is_held_back(node, carrier):
    calls = [carrier.call("12345", "13866668888") for _ in range(node.plan.per_caller + 3)]
    other = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("REFUSE flood")
    eventually(lambda: node.told().count("REFUSE flood") == 3)
    eventually(lambda: all(call.ended.is_set() or call.answered.is_set() for call in calls))
    refused = [call for call in calls if call.ended.is_set()]
    assert len(refused) == 3 and {call.status for call in refused} == {486}
    for call in [*calls, other]:
        call.hangup()


def test_priority_goes_first(node, carrier, web):
    """Who is let in with priority overtakes who came before."""
    web.answer = lambda path, asked: {"priority": 9 if asked["caller"] == "13800138009" else 0}
    early = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("QUEUE support")
    late = carrier.call("12345", "13800138009").wait_answered()
    eventually(lambda: "has 2 calls" in node.cli("queue show support"))
    agent = node.telephone("1001")
    node.members("support", "1001")
    desk = agent.wait_offered().wait_answered()
    assert "13800138009" in desk.remote
    late.hangup()
    assert "13800138000" in agent.wait_offered(2).remote
    early.hangup()


def test_a_centres_lines_are_counted(node, carrier):
    """More calls than the centre has lines: told apart from a full trunk by nothing but the number; others get through."""
    calls = [carrier.call("12349", f"1380013800{number}") for number in range(4)]
    eventually(lambda: all(call.ended.is_set() or call.answered.is_set() for call in calls))
    assert [call.status for call in calls].count(503) == 2
    carrier.call("12345", "13800138008").wait_answered()
    eventually(lambda: node.told().count("REFUSE lines") == 2)


@pytest.mark.req("R217")
@pytest.mark.parametrize("way", ["BlindTransfer", "Atxfer"])
@pytest.mark.parametrize(("before", "after"), [(20000, 100), (100, 20000)])
def test_the_recording_is_as_long_as_the_talk(node, carrier, manager, way, before, after):
    """Held and sent on to another agent: a file within a second of the time in which somebody was there to talk to, and
    everybody on record, whichever way the numbers of the media's packets jump from one agent to the next."""
    first, second = node.telephone("1001", tone=880, first=before), node.telephone("1002", tone=1600, first=after)
    node.members("support", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    desk = first.wait_offered().wait_answered().wait_heard(440, frames=50)
    before = node.streams("default")
    desk.hold()
    node.wait_playing("default", before + 1)
    time.sleep(1.5)
    desk.hold(False)
    desk.wait_heard(440, frames=40)
    moved = manager.act(Action=way, Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="1002")
    assert moved["Response"] == "Success", moved
    other = second.wait_offered().wait_answered()
    if way == "Atxfer":
        other.wait_heard(880, frames=40)
        desk.hangup()
    call.wait_heard(1600, frames=100)
    other.wait_heard(440).hangup()
    node.wait_told("INVITE")
    call.hangup()
    node.quiet()
    mine = [record for record in node.records() if record.uniqueid == record.linkedid]
    talk = sum(
        (record.at.timestamp() if record.kind == "BRIDGE_EXIT" else -record.at.timestamp())
        for record in mine if record.kind in {"BRIDGE_ENTER", "BRIDGE_EXIT"}
    )
    names = [record.data for record in node.records() if record.user_event == "RECORD"]
    sounds = [node.recording(name) for name in names]
    assert names[0] == f"{mine[0].linkedid}.wav" and len(names) == (2 if way == "Atxfer" else 1)
    assert abs(len(sounds[0]) / audio.RATE - talk) < 1, (len(sounds[0]) / audio.RATE, talk)
    heard = {hz for sound in sounds for hz in (440, 880, 1600) if audio.hears(sound, hz)}
    assert heard == {440, 880, 1600}
