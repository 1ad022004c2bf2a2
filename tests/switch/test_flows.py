"""A published flow as callers walk through it."""

import pytest

from telephony.node import eventually


@pytest.fixture
def inside(node, carrier):
    """A caller who has come to the main menu."""
    call = carrier.call("12346", "13800138000").wait_answered()
    node.wait_told("NODE f1v1:main")
    node.wait_playing("welcome")
    yield call
    call.hangup()


def steps(node):
    return [line for line in node.told() if line.startswith(("NODE", "KEY"))][2:]


@pytest.mark.req("R219")
def test_a_key_leads_to_a_person(node, inside):
    agent = node.telephone("1001")
    node.members("support", "1001")
    inside.press("1")
    agent.wait_offered().wait_answered()
    node.wait_told("QUEUE support")
    assert steps(node) == ["KEY f1v1:main:1", "NODE f1v1:people"]
    assert node.told()[-2:] == [f"RECORD {node.first_call()}.wav", "QUEUE support"]


def test_a_wrong_key_is_asked_again_and_then_leads_to_a_person(node, inside):
    inside.press("8")
    node.wait_told("KEY f1v1:main:invalid")
    node.wait_playing("welcome", 2)
    inside.press("#")
    node.wait_told("QUEUE support")
    assert steps(node) == ["KEY f1v1:main:invalid"] * 2


@pytest.mark.req("R204")
def test_silence_leads_to_a_person(node, inside):
    node.wait_told("QUEUE support")
    assert steps(node) == ["KEY f1v1:main:timeout"] * 2


def test_a_flow_that_goes_round_ends_with_a_person(node, inside):
    inside.press("*")
    node.wait_told("QUEUE support")
    loops = [line for line in node.told() if line == "NODE f1v1:loop"]
    assert 150 < len(loops) < 201


@pytest.mark.req("R208")
@pytest.mark.parametrize(("key", "end"), [("7", "NODE f1v1:leave"), ("9", "NODE f1v1:people")])
def test_hours(node, inside, key, end):
    inside.press(key)
    node.wait_told(end)


@pytest.mark.parametrize(("key", "told", "dialled"), [("5", "DESK 110", "110"), ("6", "OUT 057112345678", "057112345678")])
def test_a_key_leads_outside(node, inside, outside, key, told, dialled):
    inside.press(key)
    far = outside.wait_offered().wait_answered()
    assert far.dialled == dialled and "057112345@" in far.remote
    node.wait_told(told)
    far.wait_heard(440)
    inside.wait_heard(1600)
    far.hangup()
    inside.wait_ended()


def test_outside_does_not_answer(node, inside, outside):
    outside.behave = "refuse"
    inside.press("5")
    node.wait_told("NODE f1v1:bye")
    inside.wait_ended()


def test_service_without_the_web_is_unavailable(node, inside):
    inside.press("2")
    node.wait_told("NODE f1v1:status")
    node.wait_playing("welcome", 2)
    inside.press("12#")
    node.wait_told("QUEUE support")
    assert steps(node)[-3:] == ["KEY f1v1:status:12", "NODE f1v1:ask", "NODE f1v1:people"]


@pytest.mark.parametrize("answer", [b"nonsense", b"{", b"[]", b'{"sounds": "../../../etc/passwd", "exit": "h,1)"}', b'{"sounds": ["a"]}'])
def test_a_nonsensical_service_does_not_end_the_call(node, inside, web, answer):
    web.answer = lambda path, asked: answer if path.endswith("service") else {}
    inside.press("2")
    node.wait_told("NODE f1v1:status")
    node.wait_playing("welcome", 2)
    inside.press("1234")
    node.wait_told("NODE f1v1:ask")
    eventually(lambda: {"NODE f1v1:people", "NODE f1v1:bye"} & set(node.told()))


def test_nothing_keyed_in_goes_back(node, inside):
    inside.press("2")
    node.wait_told("NODE f1v1:status")
    node.wait_told("KEY f1v1:status:timeout")
    node.wait_told("NODE f1v1:main", since=4)
    assert steps(node)[:4] == ["KEY f1v1:main:2", "NODE f1v1:status", "KEY f1v1:status:timeout", "NODE f1v1:main"]
