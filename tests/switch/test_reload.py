"""Publishing while calls go on: files change, calls do not notice."""

import contextlib
import shutil
import sqlite3
import subprocess
from dataclasses import replace

import pytest
from handset import Failed, Telephone
from sample_plan import make_plan
from switchboard import Node

from huying.switch.plan import Number, Phone, Queue, Trunk
from huying.switch.render import write
from telephony.node import eventually


@pytest.fixture
def publish(node, manager):
    """Bring the running node to a changed plan, as the gateway does; and back afterwards."""
    first = node.plan

    def change(**values):
        node.plan = replace(node.plan, **values)
        modules = write(node.plan)
        for module in modules:
            assert manager.act(Action="Reload", Module=module)["Response"] == "Success", module
        eventually(lambda: node.knows(node.plan))
        return set(modules)

    yield change
    change(**{name: getattr(first, name) for name in ("phones", "trunks", "queues", "numbers", "flows", "desks", "hours")})


def test_a_call_goes_on_while_everything_is_published(node, carrier, publish):
    agent = node.telephone("1001")
    node.members("support", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    desk = agent.wait_offered().wait_answered()
    plan = node.plan
    done = publish(
        numbers=(*plan.numbers, Number("96111", "c2", "", "new")), queues=(*plan.queues, Queue("new", longest_wait=30)),
        phones=(*plan.phones, Phone("1077", "secret-of-1077", "sip", "新", "c2", "")),
        trunks=(*plan.trunks, Trunk("second", ("127.0.0.7",), "127.0.0.7:5070")),
    )
    assert done == {"pbx_config", "app_queue", "res_pjsip"}
    call.wait_heard(440)
    desk.wait_heard(440)
    other = node.carrier("127.0.0.7")
    fresh = node.telephone("1077")
    node.members("new", "1077")
    second = other.call("96111", "13900139000").wait_answered()
    fresh.wait_offered().wait_answered()
    second.hangup()
    desk.hangup()
    node.wait_told("INVITE")
    call.hangup()
    assert "QUEUEEND support:ANSWERED:PJSIP/1001" in node.told()


def test_what_was_taken_away_is_gone(node, carrier, publish):
    plan = node.plan
    publish(phones=plan.phones[1:], numbers=plan.numbers[:1], flows=(), hours=())
    assert carrier.call("12346", "13800138000").wait_ended().status == 404
    gone = Telephone(node.server, user="1001", password="secret-of-1001")
    node.phones.append(gone)
    with pytest.raises(Failed):
        gone.register()


def kept(node, family):
    """What the switch has on the disk of what it remembers: it writes every second or so."""
    with contextlib.closing(sqlite3.connect(f"file:{node.plan.folder}/lib/astdb.sqlite3?mode=ro", uri=True)) as file:
        return dict(file.execute("SELECT key, value FROM astdb WHERE key LIKE ?", (f"{family}%",)))


def test_members_outlive_a_restart(asterisk, tmp_path):
    """The queues are as they were after Asterisk itself came back; phones need not register again."""
    own = Node(make_plan(tmp_path), asterisk)
    try:
        own.start()
        agent = own.telephone("1001")
        own.members("support", "1001")
        own.cli("queue pause member PJSIP/1001 queue support reason lunch")
        eventually(lambda: any("1001" in key for key in kept(own, "/registrar/")))
        eventually(lambda: any("lunch" in value for value in kept(own, "/Queue/").values()))
        own.process.kill()
        own.process.wait()
        own.start()
        eventually(lambda: "PJSIP/1001" in own.cli("queue show support") and "paused" in own.cli("queue show support"))
        own.cli("queue unpause member PJSIP/1001 queue support")
        call = own.carrier().call("12345", "13800138000").wait_answered()
        agent.wait_offered().wait_answered()
        call.hangup()
    finally:
        own.stop()


@pytest.mark.skipif(not shutil.which("sipp"), reason="sipp is not installed")
def test_calls_of_another_sip_stack(node, tmp_path):
    """Twenty calls by SIPp, five a second, for two agents: each is answered, ends well, and is told of from end to end."""
    for extension in ("1001", "1002"):
        node.telephone(extension, patience=0.05)
        node.members("support", extension)
    host, port = node.server
    done = subprocess.run(
        ["sipp", f"{host}:{port}", "-sn", "uac", "-s", "12345", "-i", "127.0.0.2", "-mi", "127.0.0.2", "-m", "20", "-r", "5", "-d", "2500",
         "-nostdin"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path, timeout=120, check=False,
    )
    assert done.returncode == 0
    node.quiet()
    records = node.records()
    ended = [record for record in records if record.user_event == "QUEUEEND"]
    assert len(ended) == len({record.linkedid for record in ended}) == 20
    assert {record.data.split(":")[1] for record in ended} == {"ANSWERED", "ABANDON"}
    assert len({record.linkedid for record in records if record.kind == "LINKEDID_END"}) == 20
