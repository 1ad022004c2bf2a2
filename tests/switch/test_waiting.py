"""What a caller hears and may do while waiting, with a real Asterisk: position, the offer of a call-back, the place kept (R042)."""

import time

import pytest

from telephony.node import eventually

WANTED = ["queue-thereare", "digits/2", "queue-callswaiting", "callback-offer"]


def heard(node) -> dict[str, list[str]]:
    """Sounds by caller: two are told at the same time."""
    found: dict[str, list[str]] = {}
    for record in node.records():
        if record.user_event == "FILE_STREAM_BEGIN":
            found.setdefault(record.uniqueid, []).append(record.extra.get("sound", ""))
    return found


@pytest.mark.req("R042")
def test_a_waiting_caller_hears_where_they_stand_and_then_how_to_leave(node, carrier):
    """Two wait; the second is told the position in Mandarin's order of sounds, then the offer, in which the key counts."""
    first = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("QUEUE support")
    second = carrier.call("12345", "13800138001").wait_answered()
    eventually(lambda: any(sounds[at : at + 4] == WANTED for sounds in heard(node).values() for at in range(len(sounds))), seconds=90)
    second.press("9")
    node.wait_told("CALLBACK 13800138001")
    first.hangup()


@pytest.mark.req("R042")
def test_who_waits_on_is_before_whoever_came_later(node, carrier):
    """Told that nobody is free, without pressing anything: back in the queue before those who joined in the meantime."""
    agent = node.telephone("1001")
    early = carrier.call("12348", "13800138000").wait_answered()
    node.wait_told("QUEUEEND alone:TIMEOUT:")
    time.sleep(3)
    late = carrier.call("12348", "13800138001").wait_answered()
    node.wait_told("QUEUE alone", times=3)  # the one, the other, the one again
    eventually(lambda: "has 2 calls" in node.cli("queue show alone"), seconds=60)
    node.members("alone", "1001")
    assert "13800138000" in agent.wait_offered().wait_answered().remote
    early.hangup()
    late.hangup()
