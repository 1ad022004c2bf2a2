"""A step that listens, and a robot, as the dialplan alone handles them: whatever the web or the robot does, nobody is lost."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from sample_plan import make_plan
from switchboard import Node

from huying.switch.plan import Desk, Flow, Number
from huying.switch.plan import Node as Step
from huying.switch.render import files
from huying.switch.render.checks import BadPlan
from telephony.node import eventually, free_ports


def listening_flow(name="f1v1", sound="welcome"):
    ways = {"1": "first", "2": "second", "silent": "quiet", "unclear": "lost", "failed": "people"}
    return Flow(name, "ask", (
        Step("ask", "speech", {"sound": sound, "tries": "2", "silence": "1", "seconds": "3", "words1": "ignored"}, ways),
        Step("first", "hangup"), Step("second", "hangup"), Step("quiet", "hangup"), Step("lost", "hangup"),
        Step("people", "queue", {"queue": "support"}),
    ))


def robot_flow(exits):
    return Flow("f2v1", "robot", (Step("robot", "robot", {"desk": "110"}, exits), Step("bye", "hangup")))


@pytest.fixture(scope="module")
def running(asterisk, tmp_path_factory):
    """A node of its own: it can hear."""
    (web,) = free_ports(1)
    plan = make_plan(tmp_path_factory.mktemp("s"), web_url=f"http://127.0.0.1:{web}", speech_seconds=2)
    plan = replace(
        plan, flows=(listening_flow(), listening_flow("f3v1", "uploaded/long"), robot_flow({"failed": "bye"})),
        numbers=tuple(Number(called, "c1", flow, "support") for called, flow in (("12346", "f1v1"), ("12347", "f2v1"), ("12348", "f3v1"))),
    )
    node = Node(plan, asterisk)
    node.web_port = web
    try:
        yield node.start()
    finally:
        node.stop()


def answering(exit_, seen):
    """A web that understands: it takes the recording, as ours does."""
    def answer(path, asked):
        if not path.endswith("/speech"):
            return {}
        seen.append(asked)
        return exit_ if isinstance(exit_, bytes) else {"exit": exit_}
    return answer


@pytest.mark.parametrize(("exit_", "node_after"), [("1", "first"), ("silent", "quiet"), ("unclear", "lost"), ("7", "lost")])
def test_what_was_understood_is_the_way_on(node, carrier, web, exit_, node_after):
    seen = []
    web.answer = answering(exit_, seen)
    call = carrier.call("12346", "13800138000").wait_answered()
    node.wait_told(f"SAID f1v1:ask:{exit_}")
    node.wait_told(f"NODE f1v1:{node_after}")
    again = exit_ in {"silent", "unclear"}
    assert len(seen) == (2 if again else 1)
    recorded = node.plan.folder / "spool/speech" / seen[0]["file"]
    assert recorded.stat().st_size > 8000 * 2 and seen[0]["node"] == "f1v1:ask"
    assert seen[0]["call"] == node.first_call() and seen[0]["key"] == node.plan.web_key
    call.wait_ended()


@pytest.mark.parametrize("answer", [b"nonsense", b"{", b"[]", b'{"exit": {}}', b'{"exit": "x,1)&System(id)"}', b"", b"x" * 300_000])
def test_nonsense_is_a_way_on_to_a_person_or_the_unclear_exit(node, carrier, web, answer):
    web.answer = answering(answer, [])
    carrier.call("12346", "13800138000").wait_answered()
    node.wait_told("SAID f1v1:ask:")
    eventually(lambda: {"NODE f1v1:people", "NODE f1v1:lost"} & set(node.told()))


def test_a_web_that_hangs_costs_the_agreed_seconds_and_then_a_person_answers(node, carrier, web):
    carrier.call("12346", "13800138000").wait_answered()
    web.delay = 60
    eventually(lambda: any(path.endswith("/speech") for path, _ in web.asked))
    begun = time.monotonic()
    node.wait_told("QUEUE support")  # long before the web has answered
    assert "SAID f1v1:ask:failed" in node.told() and time.monotonic() - begun > 1


def test_without_the_web_a_person_answers(node, carrier):
    carrier.call("12346", "13800138000").wait_answered()
    node.wait_told("QUEUE support")
    assert "SAID f1v1:ask:failed" in node.told()


@pytest.mark.parametrize(("key", "told"), [("2", "NODE f3v1:second"), ("0", "QUEUE support"), ("8", "KEY f3v1:ask:invalid")])
def test_keys_count_during_the_question(node, carrier, web, key, told):
    web.answer = answering("1", [])
    call = carrier.call("12348", "13800138000").wait_answered()
    node.wait_playing("uploaded/long")
    call.press(key)
    node.wait_told(told)


def test_zero_while_speaking_leads_to_a_person(node, carrier, web):
    web.answer = answering("1", seen := [])
    call = carrier.call("12346", "13800138000").wait_answered()
    node.wait_told("NODE f1v1:ask")
    kept = node.plan.folder / "spool/speech"  # the question and the tone are over when there is something
    eventually(lambda: list(kept.glob(f"{node.first_call()}*")))
    call.press("0")
    node.wait_told("QUEUE support")
    assert [each["pressed"] for each in seen] == ["0"] and "KEY f1v1:ask:0" in node.told()


def test_who_hangs_up_while_speaking_leaves_no_sound_behind(node, carrier, web):
    folder = node.plan.folder / "spool/speech"
    before = set(folder.iterdir())
    call = carrier.call("12346", "13800138000").wait_answered()
    eventually(lambda: set(folder.iterdir()) != before)
    call.hangup()
    node.quiet()
    eventually(lambda: set(folder.iterdir()) == before)


def test_a_robot_has_the_calls_name_and_gives_the_caller_to_a_person(node, carrier, outside):
    agent = node.telephone("1001")
    node.members("support", "1001")
    call = carrier.call("12347", "13800138000").wait_answered()
    robot = outside.wait_offered()
    assert robot.invite.get("x-huying-call") == node.first_call()
    robot.wait_answered().wait_heard().hangup()
    agent.wait_offered().wait_answered().wait_heard()
    call.wait_heard()
    node.wait_told("DESK 110")


def test_a_robot_that_does_not_answer_has_its_own_way_on(node, carrier, outside):
    outside.behave = "refuse"
    carrier.call("12347", "13800138000").wait_answered()
    node.wait_told("NODE f2v1:bye")


def test_a_step_that_cannot_work_gets_into_no_file():
    bare = replace(make_plan(Path("/tmp/x")), numbers=())
    robots = Step("a", "robot"), Step("a", "robot", {"desk": "110"}, {"x": "a"}), Step("a", "robot", {"desk": "12315"})
    for node in (*robots, Step("a", "speech", {"sound": "x"}, {"*": "a"})):
        with pytest.raises(BadPlan):
            files(replace(bare, desks=(Desk("110", "公安", "110", "carrier"),), flows=(Flow("f1v1", "a", (node,)),)))
