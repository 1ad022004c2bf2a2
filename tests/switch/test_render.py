"""A plan becomes Asterisk's files, and nothing that a user typed becomes a line of them."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_plan import make_plan

from huying.switch.plan import Desk, Flow, Hours, Node, Number, Phone, Queue, Trunk
from huying.switch.render import RELOADS, RESTART, files, write
from huying.switch.render.checks import BadPlan

HOSTILE = (
    "x\nexten => _X.,1,System(id)", "a\r\nb", "1,1)Hangup(", "${SHELL(id)}", "$[1]", "a;b", "a]b", "[x]", "x => y", "a&b", "a|b",
    '"', "\\", "#include x",
    "../../etc/passwd", "/etc/passwd", " ", "", "一二", "a\x00b", "1" * 200, "a'b", "１２３", "a b", "a\u2028b", "_X.",
)


@pytest.fixture
def plan(tmp_path):
    return make_plan(tmp_path, web_url="http://127.0.0.1:8000")


def phone(**changed):
    usual = {"extension": "1005", "password": "a-good-password", "kind": "sip", "name": "x", "centre": "c1", "caller_id": ""}
    return Phone(**usual | changed)


def one_node(kind, **options):
    return Flow("f9v9", "a", (Node("a", kind, options, {}),))


TYPED = {
    "extension": lambda plan, text: replace(plan, phones=(phone(extension=text),)),
    "password": lambda plan, text: replace(plan, phones=(phone(password=text),)),
    "centre": lambda plan, text: replace(plan, phones=(phone(centre=text),)),
    "shown": lambda plan, text: replace(plan, phones=(phone(caller_id=text or "x"),)),
    "trunk": lambda plan, text: replace(plan, desks=(), trunks=(Trunk(text, ("10.0.0.1",), "10.0.0.1:5060"),)),
    "match": lambda plan, text: replace(plan, desks=(), trunks=(Trunk("t", (text,), "10.0.0.1:5060"),)),
    "contact": lambda plan, text: replace(plan, desks=(), trunks=(Trunk("t", ("10.0.0.1",), text),)),
    "contact host": lambda plan, text: replace(plan, desks=(), trunks=(Trunk("t", ("10.0.0.1",), f"{text}:5060"),)),
    "codec": lambda plan, text: replace(plan, desks=(), trunks=(Trunk("t", ("10.0.0.1",), "10.0.0.1:5060", (text,)),)),
    "queue": lambda plan, text: replace(plan, queues=(*plan.queues, Queue(text))),
    "strategy": lambda plan, text: replace(plan, queues=(*plan.queues, Queue("q", strategy=text))),
    "seconds": lambda plan, text: replace(plan, queues=(*plan.queues, Queue("q", longest_wait=text))),
    "called": lambda plan, text: replace(plan, numbers=(Number(text, "c1", "", "support"),)),
    "number's centre": lambda plan, text: replace(plan, numbers=(Number("123", text, "", "support"),)),
    "number's queue": lambda plan, text: replace(plan, numbers=(Number("123", "c1", "", text),)),
    "number's flow": lambda plan, text: replace(plan, numbers=(Number("123", "c1", text or "x", "support"),)),
    "greeting": lambda plan, text: replace(plan, numbers=(Number("123", "c1", "", "support", greeting=text or " "),)),
    "hours": lambda plan, text: replace(plan, flows=(), numbers=(), hours=(replace(plan.hours[0], name=text),)),
    "flow": lambda plan, text: replace(plan, flows=(*plan.flows, Flow(text, "a", (Node("a", "hangup"),)))),
    "node": lambda plan, text: replace(plan, flows=(*plan.flows, Flow("f9v9", text, (Node(text, "hangup"),)))),
    "exit": lambda plan, text: replace(plan, flows=(*plan.flows, Flow("f9v9", "a", (Node("a", "menu", {"sound": "rate"}, {text: "a"}),)))),
    "sound": lambda plan, text: replace(plan, flows=(*plan.flows, one_node("prompt", sound=text))),
    "tries": lambda plan, text: replace(plan, flows=(*plan.flows, one_node("menu", sound="rate", tries=text or "x"))),
    "digits": lambda plan, text: replace(plan, flows=(*plan.flows, one_node("collect", sound="rate", digits=text or "x"))),
    "service": lambda plan, text: replace(plan, flows=(*plan.flows, one_node("self_service", service=text))),
    "transfer": lambda plan, text: replace(plan, flows=(*plan.flows, one_node("transfer", number=text))),
    "node's queue": lambda plan, text: replace(plan, flows=(*plan.flows, one_node("queue", queue=text or "x"))),
    "node's desk": lambda plan, text: replace(plan, flows=(*plan.flows, one_node("transfer", desk=text or "x"))),
    "node's hours": lambda plan, text: replace(plan, flows=(*plan.flows, one_node("hours", name=text))),
    "desk": lambda plan, text: replace(plan, flows=(), numbers=(), desks=(Desk(text, "x", "110", "carrier"),)),
    "desk's number": lambda plan, text: replace(plan, desks=(replace(plan.desks[0], number=text), *plan.desks[1:])),
    "desk's trunk": lambda plan, text: replace(plan, desks=(Desk("110", "x", "110", text),)),
    "key": lambda plan, text: replace(plan, emergency_words=text),
    "secret": lambda plan, text: replace(plan, ami_secret=text),
    "web's key": lambda plan, text: replace(plan, web_key=text),
    "web": lambda plan, text: replace(plan, web_url=text or "x"),
    "host": lambda plan, text: replace(plan, host=text),
    "machine": lambda plan, text: replace(plan, machine=(text,)),
    "node's name": lambda plan, text: replace(plan, node=text),
    "port": lambda plan, text: replace(plan, sip_port=text),
    "callers": lambda plan, text: replace(plan, callers={"c1": text or "x"}),
    "lines": lambda plan, text: replace(plan, lines={"c1": text}),
}


@pytest.mark.parametrize("field", TYPED)
def test_hostile_values_are_refused_in_chinese(plan, field):
    for text in HOSTILE:
        with pytest.raises(BadPlan) as refused:
            files(TYPED[field](plan, text))
        assert re.search(r"[\u4e00-\u9fff]", refused.value.message)
        assert not re.search(r"[\x00-\x1f\u2028]", refused.value.message)


@given(st.sampled_from(sorted(TYPED)), st.text(min_size=1, max_size=30))
@settings(max_examples=300, deadline=None)
def test_no_text_becomes_a_line(tmp_path_factory, field, text):
    """Whatever is typed is either refused, or adds no line, section or dialplan step that a plain word would not add."""
    plan = make_plan(tmp_path_factory.getbasetemp() / "p", web_url="http://127.0.0.1:8000", sip_port=1, http_port=2, ami_port=3)
    try:
        made = files(TYPED[field](plan, text))
    except BadPlan:
        return
    for content in made.values():
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]", content)
    assert re.fullmatch(r"[A-Za-z0-9_.:/,&*#-]+", text)


def test_a_name_gets_into_no_file(plan):
    made = files(replace(plan, phones=(phone(name='王"五\n[evil]'),), desks=(replace(plan.desks[0], name="x\n[evil]"), plan.desks[1])))
    assert not any("evil" in content or "王" in content for content in made.values())


def test_references_must_lead_somewhere(plan):
    lost = Flow("f9v9", "a", (Node("a", "prompt", {"sound": "rate"}, {"next": "b"}),))
    for wrong in (
        replace(plan, flows=(*plan.flows, lost)), replace(plan, phones=(phone(), phone())), replace(plan, trunks=()),
        replace(plan, queues=(Queue("support", overflow="support"),), flows=(), numbers=()),
        replace(plan, hours=(Hours("never", ((plan.hours[1].until, plan.hours[1].until),), plan.hours[1].until), plan.hours[1])),
    ):
        with pytest.raises(BadPlan):
            files(wrong)


def test_only_what_changed_is_written_and_reloaded(plan):
    first = write(plan)
    assert set(RELOADS.values()) <= set(first)
    etc = plan.folder / "etc"
    assert {path.stat().st_mode & 0o777 for path in etc.iterdir()} == {0o600}
    before = {path.name: path.stat().st_mtime_ns for path in etc.iterdir()}
    assert write(plan) == ()
    changed = replace(plan, numbers=(*plan.numbers, Number("96111", "c1", "", "support")))
    assert write(changed) == ("pbx_config",)
    assert {name for name, at in before.items() if (etc / name).stat().st_mtime_ns != at} == {"extensions.conf"}
    assert set(write(replace(changed, queues=(*plan.queues, Queue("new"))))) == {"app_queue", "pbx_config"}
    assert RESTART in write(replace(plan, node="other"))
    assert not [path for path in etc.iterdir() if path.name.startswith(".")]


def test_a_bad_plan_leaves_the_old_files(plan):
    write(plan)
    before = {path.name: path.read_bytes() for path in (plan.folder / "etc").iterdir()}
    with pytest.raises(BadPlan):
        write(replace(plan, emergency_words="12"))
    assert before == {path.name: path.read_bytes() for path in (plan.folder / "etc").iterdir()}


def test_secrets_are_in_no_log(node, carrier, web):
    call = carrier.call("12345", "13800138000").wait_answered()
    node.wait_told("QUEUE support")
    call.hangup()
    for name in ("full", "console", "cel.csv"):
        for secret in (node.plan.web_key, node.plan.ami_secret, node.plan.phones[0].password):
            assert secret not in node.log(name), name
