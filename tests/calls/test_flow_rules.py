"""Flows as data: what is refused and where it is said; whatever passes renders, and every caller comes to an end."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.calls.rules import flow_edit
from huying.calls.rules.flow_check import Known, exits_of, problems
from huying.calls.rules.flow_kinds import KINDS
from huying.calls.rules.flow_layout import PERSON, WIDE, drawing
from huying.calls.rules.graph import read_graph
from huying.switch.plan import Desk, Hours, Queue
from huying.switch.render import files
from switch.sample_plan import make_plan

KNOWN = Known(
    sounds={"c1/hello": "欢迎", "c1/bye": "再见"}, queues={"q1": "综合", "q2": "企业"}, hours={"c1": "工作时间"}, desks={"110": "110"},
    silent=frozenset(),
)


def node(ident, kind, options=None, exits=None):
    return {"id": ident, "kind": kind, "options": options or {}, "exits": exits or {}}


def graph(*nodes):
    return {"start": nodes[0]["id"], "nodes": list(nodes)}


MENU = node("n1", "menu", {"sound": "c1/hello"}, {"1": "n2", "9": "n3", "timeout": "n2"})
GOOD = graph(MENU, node("n2", "queue", {"queue": "q1"}), node("n3", "voicemail"))


def said(given):
    return {(problem.node, problem.at): problem.text for problem in problems(given, KNOWN)}


def test_a_good_flow_has_no_problems():
    assert said(GOOD) == {}
    assert said(flow_edit.first_draft()) == {}


@pytest.mark.req("R204")
@pytest.mark.parametrize(("given", "where", "words"), [
    (graph(node("n1", "prompt")), ("n1", "sound"), "请选择语音"),
    (graph(node("n1", "prompt", {"sound": "c2/other"})), ("n1", "sound"), "语音已不存在"),
    (graph(node("n1", "queue", {"queue": "q9"})), ("n1", "queue"), "技能组已不存在"),
    (graph(node("n1", "menu", {"sound": "c1/hello", "tries": "70"}, {"1": "n1"})), ("n1", "tries"), "1 到 9"),
    (graph(node("n1", "menu", {"sound": "c1/hello"})), ("n1", ""), "没有设置任何按键"),
    (graph(node("n1", "prompt", {"sound": "c1/hello"}, {"next": "gone"})), ("n1", "exit-next"), "已删除"),
    (graph(node("n1", "queue"), node("n2", "hangup")), ("n2", ""), "没有任何一步通到这里"),
    (graph(node("n1", "hangup", {"sound": "c1/bye"})), ("n1", ""), "到不了人工"),
    (graph(node("n1", "menu", {"sound": "c1/hello"}, {"0": "n2", "timeout": "n3"}), node("n2", "queue"), node("n3", "voicemail")),
     ("n3", ""), "到不了人工"),
    (graph(node("n1", "prompt", {"sound": "c1/hello"}, {"next": "n1"})), ("n1", ""), "一直循环"),
    (graph(node("n1", "prompt", {"sound": "c1/hello"}, {"next": "n2"}), node("n2", "hours", {"name": "c1"}, {"closed": "n1"})),
     ("n2", ""), "一直循环"),
    (graph(node("n1", "transfer", {"number": "0012025550100"})), ("n1", "number"), "境外"),
    (graph(node("n1", "transfer")), ("n1", "desk"), "选填一项"),
    (graph(node("n1", "robot")), ("n1", "desk"), "请选择机器人"),
    (graph(node("n1", "robot", {"desk": "110"}, {"next": "n1"})), ("n1", ""), "一直循环"),
    (graph(node("n1", "speech", {"sound": "c1/hello"})), ("n1", ""), "任何出口的说法"),
    (graph(node("n1", "speech", {"sound": "c1/hello", "words2": "社保"})), ("n1", "exit-2"), "还没有选择"),
    (graph(node("n1", "speech", {"sound": "c1/hello", "words1": "社保", "words2": "医保，社 保", "silence": "11"}, {"1": "n1", "2": "n1"})),
     ("n1", "silence"), "1 到 10"),
    (graph(node("n1", "speech", {"sound": "c1/hello", "words1": "社保", "words2": "医保，社保"}, {"1": "n1", "2": "n1"})),
     ("n1", "words2"), "同时写在出口 1 和出口 2"),
    (graph(node("n1", "speech", {"sound": "c1/hello", "words1": "社保"}, {"1": "n1", "unclear": "n1"})), ("n1", ""), "一直循环"),
    (graph(node("n1", "speech", {"sound": "c1/hello", "words1": "保" * 301}, {"1": "n1"})), ("n1", "words1"), "最多 300 个字"),
    ({"start": "n9", "nodes": [node("n1", "queue")]}, ("", "start"), "从哪一步开始"),
    (graph(node("n1", "queue"), node("n1", "hangup")), ("", ""), "重复"),
    ({"start": "n1", "nodes": []}, ("", ""), "还没有任何一步"),
    ([1, 2], ("", ""), "还没有任何一步"),
])
def test_what_is_wrong_is_said_beside_the_node(given, where, words):
    assert words in said(given)[where]


def test_a_way_back_by_a_key_is_no_circle():
    back = graph(MENU | {"exits": {"1": "n2", "timeout": "n2", "2": "n3"}}, node("n2", "queue"),
                 node("n3", "menu", {"sound": "c1/hello"}, {"0": "n1"}))
    assert said(back) == {}


def test_many_doors_in_a_row_are_checked_at_once():
    """Two exits to one node, again and again: 2^50 ways, which must not be walked one by one."""
    doors = [node(f"n{at}", "hours", {"name": "c1"}, {"open": f"n{at + 1}", "closed": f"n{at + 1}"}) for at in range(50)]
    assert said(graph(*doors, node("n50", "queue"))) == {}


def test_without_a_recogniser_nothing_that_listens_is_published():
    listens = graph(node("n1", "speech", {"sound": "c1/hello", "words1": "社保"}, {"1": "n1"}))
    assert problems(listens, KNOWN) == []
    assert "HUYING_SPEECH" in problems(listens, replace(KNOWN, hears=False))[0].text


def test_a_prompt_without_words_is_said():
    silent = Known(sounds=KNOWN.sounds, silent=frozenset({"c1/hello"}))
    assert "还没有文字或录音" in problems(graph(node("n1", "prompt", {"sound": "c1/hello"})), silent)[0].text


SAMPLE = make_plan(Path("/tmp/switch"))
IDS = [f"n{number}" for number in range(1, 8)]
VALUES = {
    "sound": st.sampled_from(["c1/hello", "c1/bye", ""]), "queue": st.sampled_from(["q1", "q2", ""]), "hours": st.just("c1"),
    "desk": st.sampled_from(["110", ""]), "number": st.sampled_from(["", "12315", "0770123"]),
    "service": st.sampled_from(["progress", "guide"]),
    "flag": st.sampled_from(["1", ""]), "words": st.sampled_from(["", "社保", "社保、医保"]),
}


@st.composite
def graphs(draw, ids=IDS):
    """Any flow: mostly with values that fit, so that many pass."""
    count = draw(st.integers(1, len(ids)))
    nodes = []
    for ident in ids[:count]:
        kind = draw(st.sampled_from(sorted(KINDS)))
        options = {
            option.name: draw(VALUES.get(option.sort, st.sampled_from(["", str(option.low), str(option.high + 1)])))
            for option in KINDS[kind].options
        }
        exits = {key: draw(st.sampled_from(["", *ids[:count]])) for key in sorted(KINDS[kind].exits) if draw(st.booleans())}
        nodes.append(node(ident, kind, options, exits))
    return {"start": draw(st.sampled_from(ids[:count])), "nodes": nodes}


@st.composite
def passing(draw):
    """A flow that passes: exits lead to later nodes or, by a key, anywhere."""
    found = draw(graphs())
    place = {each["id"]: at for at, each in enumerate(found["nodes"])}
    for each in found["nodes"]:
        kind = KINDS[each["kind"]]
        each["exits"] = {
            key: target for key, target in each["exits"].items()
            if target and (key not in kind.automatic or place[target] > place[each["id"]])
        }
        each["options"] = {
            option.name: (each["options"].get(option.name) or {"sound": "c1/hello"}.get(option.sort, "")) for option in kind.options
            if option.sort != "count"
        }
        if each["kind"] == "menu":
            each["exits"].setdefault("1", each["id"])
        if each["kind"] == "speech":
            each["exits"].setdefault("1", each["id"])
            each["options"] = {"sound": each["options"]["sound"], "words1": "社保、医保"}
        if each["kind"] in {"transfer", "robot"}:
            each["options"] = {"desk": "110"}
        if not kind.exits:
            each["kind"], each["options"] = "queue", {"queue": "q1"}
            each["exits"] = {}
    found["start"] = found["nodes"][0]["id"]
    seen = {found["start"]}
    todo = [found["start"]]
    by_id = {each["id"]: each for each in found["nodes"]}
    while todo:
        for target in exits_of(by_id[todo.pop()]).values():
            if target not in seen:
                seen.add(target)
                todo.append(target)
    found["nodes"] = [each for each in found["nodes"] if each["id"] in seen]
    return found


def rendered(given):
    """All files of the switch with the flow in them."""
    plan = replace(
        SAMPLE, queues=(*SAMPLE.queues, Queue("q1"), Queue("q2")), numbers=(), flows=(read_graph("f1v1", given),),
        hours=(Hours("c1", (), SAMPLE.hours[0].until),), desks=(Desk("110", "110", "110", SAMPLE.trunks[0].name),),
    )
    return files(plan)


@pytest.mark.req("R042")
@given(given=passing(), presses=st.lists(st.integers(0, 13), max_size=12))
@settings(max_examples=150, deadline=None)
def test_what_passes_renders_and_every_caller_comes_to_an_end(given, presses):
    assert problems(given, KNOWN) == []
    assert f"[{'f1v1'}]" in "".join(rendered(given).values())
    by_id = {each["id"]: each for each in given["nodes"]}
    at, keys, still = given["start"], list(presses), 0
    while at:  # "" is a person
        kind, exits = KINDS[by_id[at]["kind"]], exits_of(by_id[at])
        if not kind.automatic:
            break
        pressed = keys.pop() if keys else None
        way = list(kind.exits)[pressed % len(kind.exits)] if pressed is not None else kind.silent
        still = 0 if pressed is not None else still + 1
        assert still <= len(by_id), "a caller who presses nothing goes round"
        at = exits.get(way, "") if way in kind.automatic or way in exits else at
    else:
        assert at == ""


@given(given=graphs())
@settings(max_examples=150, deadline=None)
def test_the_check_never_breaks_and_what_passes_renders(given):
    before = deepcopy(given)
    if not problems(given, KNOWN):
        rendered(given)
    assert given == before


@given(given=graphs())
@settings(max_examples=150, deadline=None)
def test_every_flow_can_be_drawn(given):
    """Even one that does not pass: all its nodes, none upon another, all inside."""
    drawn = drawing(given)
    boxes = {box.id: box for box in drawn.boxes}
    assert set(boxes) - {PERSON} == {each["id"] for each in given["nodes"]}
    for box in drawn.boxes:
        assert 0 <= box.x <= drawn.width - WIDE
        assert 0 <= box.y <= drawn.height - box.height
        for other in drawn.boxes:
            apart = box is other or box.x != other.x or box.y >= other.y + other.height or other.y >= box.y + box.height
            assert apart, (box, other)
    for wire in drawn.wires:
        assert wire.source in boxes and wire.target in boxes and wire.label
        assert wire.back or boxes[wire.source].layer < boxes[wire.target].layer


STEPS = st.tuples(st.sampled_from(["remove", "up", "down", "start", "add"]), st.sampled_from(IDS))


@given(given=graphs(), steps=st.lists(STEPS, max_size=8))
@settings(max_examples=100, deadline=None)
def test_editing_never_leaves_an_exit_to_nowhere(given, steps):
    draft = flow_edit.read(given)
    for word, ident in steps:
        if word == "remove":
            draft = flow_edit.removed(draft, ident)
        elif word in {"up", "down"}:
            draft = flow_edit.moved(draft, ident, 1 if word == "down" else -1)
        elif word == "start":
            draft = flow_edit.started(draft, ident)
        else:
            draft, _ = flow_edit.added(draft, "prompt")
        ids = [each["id"] for each in draft["nodes"]]
        assert len(ids) == len(set(ids))
        assert draft["start"] in ids or not ids
        assert all(target in {*ids, ""} for each in draft["nodes"] for target in each["exits"].values())
        drawing(draft)


def test_differences_say_what_changed_in_the_screens_words():
    new = flow_edit.changed(flow_edit.read(GOOD), "n1", name="主菜单", options={"sound": "c1/bye"}, exits={"1": "n2"})
    new = flow_edit.removed(new, "n3")
    words = {f"{step}：{what}" for step, what in flow_edit.differences(flow_edit.read(GOOD), new, KNOWN)}
    assert "主菜单：语音 欢迎 → 再见" in words
    assert "主菜单：不按键 人工排队 n2 → 人工" in words
    assert "留言 n3：删除" in words
    assert flow_edit.differences(new, new, KNOWN) == []
