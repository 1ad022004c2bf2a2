"""A citizen speaks to the hotline: Asterisk records, our web asks the vendor, the flow goes on. Changing the vendor is one line."""

import time

import pytest
from django.db import connection

from huying.audit.queries import ALL, set_scope
from huying.calls.models import (
    Call,
    CalledNumber,
    Flow,
    FlowVersion,
    OtherDesk,
    Prompt,
    Skill,
    SkillGroup,
    Trunk,
    Utterance,
)
from huying.calls.operations import config_changed
from huying.calls.rules.hearing import read_hearing
from huying.kernel import clock
from speech_services import TOKEN, WORDS, Vendor, settings_of
from telephony import audio
from telephony.node import eventually, free_ports
from telephony.telephone import Telephone

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def vendors():
    found = Vendor("raw"), Vendor("json")
    yield found
    for vendor in found:
        vendor.close()


@pytest.fixture
def scene(scene, live_server, settings, vendors):
    """A flow that listens: 社保 leads to a group of its own, everything else to the number's group."""
    settings.DATA = scene.data
    settings.HEARING = read_hearing(settings_of(*vendors, "one"), lambda name: TOKEN)
    settings.SWITCH = settings.SWITCH | {"web_url": live_server.url, "speech_seconds": settings.HEARING.seconds}
    demo = scene.cast.demo
    scene.social = SkillGroup.objects.create(centre=demo, code="social", name="社保组", announces=False)
    Prompt.objects.create(centre=demo, code="ask", name="请说", text="请说出您要办的事")
    nodes = [
        {"id": "n1", "kind": "speech", "options": {"sound": f"c{demo.pk}/ask", "silence": "3", "words1": "社保、医保卡", "tries": "1"},
         "exits": {"1": "n2"}},
        {"id": "n2", "kind": "queue", "options": {"queue": scene.social.queue}, "exits": {}},
    ]
    flow = Flow.objects.create(centre=demo, name="说话导航")
    flow.published = FlowVersion.objects.create(
        centre=demo, flow=flow, number=1, graph={"start": "n1", "nodes": nodes}, published_at=clock.now()
    )
    flow.save()
    CalledNumber.objects.update(flow=flow)
    return scene


@pytest.fixture
def house(house):
    demo = house.cast.demo
    audio.write_sounds(house.node.folder / "sounds", [f"../zh/c{demo.pk}/ask"])
    return house


def speaks(house, citizen, hz):
    """A call in which one sentence is said at that pitch, after the tone; it has been put into a queue then."""
    call = citizen("13800138000").dial("12345")
    call.say(0)
    known = house.node.folder / "spool/speech"
    eventually(lambda: list(known.glob("*.wav")))
    call.say(hz)
    time.sleep(1.5)
    call.say(0)
    eventually(lambda: {"said", "queued"} <= {line["kind"] for row in latest() for line in row.milestones})
    eventually(lambda: not list(known.glob("*.wav")))
    return call


def latest():
    return list(Call.objects.order_by("-id")[:1])


def told(call):
    """(exit, queue) of the newest call, which ends."""
    row = latest()[0]
    call.hang_up()
    said = next(line for line in row.milestones if line["kind"] == "said")
    queued = next(line for line in row.milestones if line["kind"] == "queued")
    eventually(lambda: Call.objects.get(pk=row.pk).ended_at)
    return said["exit"], queued["queue"]


@pytest.mark.req("R227")
def test_another_vendor_is_one_line_of_the_settings(house, gateway, citizen, vendors, settings):
    gateway()
    one, two = vendors
    assert told(speaks(house, citizen, 440)) == ("1", house.social.queue)
    assert (len(one.asked), len(two.asked)) == (1, 0)
    settings.HEARING = read_hearing(settings_of(one, two, "two"), lambda name: TOKEN)
    assert told(speaks(house, citizen, 440)) == ("1", house.social.queue)
    assert (len(one.asked), len(two.asked)) == (1, 1)
    assert told(speaks(house, citizen, 880)) == ("unclear", house.group.queue)
    set_scope(ALL)
    assert [(row.text, row.way) for row in Utterance.objects.all()] == [(WORDS[440], "1"), (WORDS[440], "1"), (WORDS[880], "unclear")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM calls_utterance")
        assert not any(WORDS[440].encode() in bytes(text) for (text,) in cursor.fetchall())
    assert "社保" not in str([row.milestones for row in Call.objects.all()])


@pytest.mark.req("R227")
@pytest.mark.parametrize("behave", [500, 60.0])
def test_a_vendor_that_fails_costs_no_caller(house, gateway, citizen, agent, vendors, settings, behave):
    settings.HEARING = read_hearing(settings_of(*vendors, "one", seconds=1), lambda name: TOKEN)
    gateway()
    vendors[0].behave = behave
    alice = agent("1001")
    house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = speaks(house, citizen, 440)
    ring = alice.ring()
    ring.answer()
    ring.say(1600)
    assert call.hears(1600)
    assert told(call) == ("failed", house.group.queue)


@pytest.fixture
def robot(house, gateway, telephones):
    """A SIP system of its own behind a line of its own: rows only. Callers come to it first; its 1 is the social group."""
    gateway()
    port, demo = free_ports(1)[0], house.cast.demo
    line = Trunk.objects.create(centre=demo, name="robot", match=["127.0.0.3"], contact=f"127.0.0.3:{port}", codecs=["alaw"])
    OtherDesk.objects.create(centre=demo, code="robot1", name="智能客服", number="9001", trunk=line)
    flow = Flow.objects.get()
    nodes = [
        {"id": "n1", "kind": "robot", "options": {"desk": "robot1"}, "exits": {"1": "n2"}},
        {"id": "n2", "kind": "queue", "options": {"queue": house.social.queue}, "exits": {}},
    ]
    flow.published = FlowVersion.objects.create(
        centre=demo, flow=flow, number=2, graph={"start": "n1", "nodes": nodes}, published_at=clock.now()
    )
    flow.save()
    config_changed()
    eventually(lambda: "DESK,robot1" in house.node.cli(f"dialplan show f{flow.pk}v2"))
    eventually(lambda: "trunk-robot" in house.node.cli("pjsip show endpoints"))
    telephones.append(Telephone(house.node.address, "9001", host="127.0.0.3", port=port))
    return telephones[-1]


def refused(house, place):
    """Until the switch has said that this REFER leads nowhere; the robot is told so, and the talk goes on."""
    said = f"blind transfer to '{place}' but target does not exist"
    eventually(lambda: said in (house.node.folder / "log/full").read_text(errors="replace"))


def meet(citizen, robot):
    """A citizen and the robot in a talk of a second."""
    call = citizen("13800138000").dial("12345")
    call.say(440)
    machine = robot.ring()
    machine.answer()
    machine.say(2000)
    assert call.hears(2000) and machine.hears(440)
    time.sleep(1)
    return call, machine


@pytest.mark.req("R227")
def test_a_voice_robot_talks_first_and_gives_the_same_call_to_a_person(house, robot, citizen, agent):
    alice = agent("1001")
    house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call, machine = meet(citizen, robot)
    named = machine.invitation["x-huying-call"]
    machine.hang_up()
    ring = alice.ring()
    ring.answer()
    ring.say(880)
    assert call.hears(880) and ring.hears(440)
    time.sleep(1)
    call.hang_up()
    eventually(lambda: Call.objects.get().ended_at)
    row = Call.objects.get()
    assert (row.linkedid, row.outcome, row.agent.username) == (named, "answered", "agent1")
    assert [leg.desk for leg in row.legs.order_by("offered_at")] == ["robot1", ""]
    (tape,) = row.recordings.all()
    sound = house.node.recording(tape.name)
    mixed = [sum(each) for each in zip(*sound, strict=True)]
    assert audio.hears(mixed, 2000) and audio.hears(mixed, 880) and audio.hears(mixed, 440)


@pytest.mark.req("R227")
def test_a_robot_names_the_exit_by_which_it_gives_the_caller_back(house, robot, citizen, agent):
    alice = agent("1001")
    Skill.objects.filter(staff__username="agent1").update(group=house.social)
    house.sit("agent1", "1001")
    eventually(lambda: "PJSIP/1001" in house.node.cli(f"queue show {house.social.queue}"))
    call, machine = meet(citizen, robot)
    for place in ("1001", "12345"):  # only digits of its step
        machine.refer(place)
        refused(house, f"{place}@robot-back")
    assert call.hears(2000)
    assert machine.refer("1") == 202
    ring = alice.ring()
    ring.answer()
    ring.say(880)
    assert call.hears(880) and ring.hears(440)
    eventually(lambda: Call.objects.get().answered_at)
    assert {"kind": "key", "keys": "1", "node": "n1"}.items() <= next(
        line for line in Call.objects.get().milestones if line["kind"] == "key"
    ).items()
    assert Call.objects.get().group == house.social


def test_a_line_hands_nobody_on_but_out_of_a_talk_with_the_robot(house, robot, agent):
    """Whoever calls in over the robot's line is a caller like any other."""
    alice = agent("1001")
    house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    CalledNumber.objects.update(flow=None)
    config_changed()
    eventually(lambda: "Set(HY_FLOW=)" in house.node.cli("dialplan show 12345@number"))
    call = robot.dial("12345")
    ring = alice.ring()
    ring.answer()
    for place in ("1", "1001", "12345", f"q-{house.social.queue}"):
        call.refer(place)
        refused(house, f"{place}@nowhere")
    ring.say(880)
    assert call.hears(880)
