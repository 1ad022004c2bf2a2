"""The switch's records become rows, once, whoever brings them and however often."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.stream import BEGIN, NUMBER, Line, served
from calls.test_recorded_streams import stream
from huying.calls.catalog import AgentState, Outcome
from huying.calls.events import CallAnswered, CallEnded, CallEntered, CallRang
from huying.calls.models import (
    Call,
    CalledNumber,
    Leg,
    Phone,
    Recording,
    SeatSession,
    SeatState,
    SkillGroup,
    SwitchRecord,
)
from huying.calls.operations import move_seat, take_in
from huying.calls.operations.save_call import Surroundings
from huying.citizens.operations import keep_contact
from huying.kernel import bus
from huying.switch.records import Record


@pytest.fixture
def centre(cast):
    """Two telephones with people at them, one group, one number."""
    group = SkillGroup.objects.create(centre=cast.demo, code="general", name="综合")
    CalledNumber.objects.create(centre=cast.demo, number="12345", name="热线", group=group)
    for extension, name in (("8001", "agent1"), ("8002", "agent2")):
        phone = Phone.objects.create(centre=cast.demo, extension=extension)
        SeatSession.objects.create(
            centre=cast.demo, staff=cast.staff[name], phone=phone, state_since=BEGIN, started_at=BEGIN - timedelta(hours=1)
        )
    cast.group = group
    return cast


def call_in(group: SkillGroup) -> Line:
    line = Line().enter().queue(group.queue).say("RECORD", "1764139204.1.wav")
    line.agent = line.connect("8001")
    return line


@pytest.mark.req("R223")
def test_a_call_is_written_with_its_people_and_its_group(centre):
    contact = keep_contact(centre_id=centre.demo.pk, name="张三", phone=NUMBER)
    line = call_in(centre.group)
    line.wait(30).agent_leaves(line.agent).say("INVITE", "key").wait(1).say("RATE", "4").end(by=line.agent)
    (call,) = take_in(line.rows)
    call.refresh_from_db()
    assert (call.centre, call.group, call.agent, call.caller_id) == (
        centre.demo, centre.group, centre.staff["agent1"], contact.caller_id
    )
    assert (call.outcome, call.rating, call.number, call.called) == (Outcome.ANSWERED, 4, NUMBER, "12345")
    leg = call.legs.get()
    assert (leg.staff, leg.result, leg.talk_ms) == (centre.staff["agent1"], "answered", call.talk_ms)
    assert [line.get("staff") for line in call.milestones if line["kind"] == "answered"] == [centre.staff["agent1"].pk]
    assert Recording.objects.get(call=call).name == "1764139204.1.wav"


def test_numbers_are_sealed_in_the_database(centre):
    take_in(call_in(centre.group).rows)
    with connection.cursor() as cursor:
        for table in ("calls_call", "calls_switchrecord", "calls_leg"):
            cursor.execute(f"SELECT count(*) FROM {table} row WHERE row::text LIKE %s", [f"%{NUMBER}%"])
            assert cursor.fetchone() == (0,)


def test_one_record_at_a_time_gives_the_same_row_as_all_at_once(centre):
    line = call_in(centre.group)
    line.wait(30).caller_leaves(line.agent)
    for record in line.rows:
        take_in([record])
    slowly = shape(Call.objects.get())
    Call.objects.all().delete()
    take_in(reversed(line.rows))
    take_in(line.rows)
    assert shape(Call.objects.get()) == slowly
    assert SwitchRecord.objects.count() == len(line.rows)


def shape(call: Call) -> dict:
    row = {field.attname: getattr(call, field.attname) for field in Call._meta.concrete_fields if field.attname != "id"}
    legs = [{name: getattr(leg, name) for name in ("uniqueid", "staff_id", "result", "talk_ms")} for leg in call.legs.all()]
    return {**row, "number_hash": bytes(call.number_hash), "legs": legs}


def test_rooms_above_hear_of_each_step_once(centre):
    heard = []
    with bus.only_own_subscribers():
        for kind in (CallEntered, CallRang, CallAnswered, CallEnded):
            bus.subscribe(kind)(heard.append)
        line = call_in(centre.group)
        line.wait(30).caller_leaves(line.agent)
        for record in line.rows:
            take_in([record])
        take_in(line.rows)
    call, agent = Call.objects.get(), centre.staff["agent1"].pk
    assert heard == [
        CallEntered(call.pk, centre.demo.pk), CallRang(call.pk, centre.demo.pk, agent),
        CallAnswered(call.pk, centre.demo.pk, agent), CallEnded(call.pk, centre.demo.pk, "answered", False),
    ]


def test_a_room_above_that_fails_does_not_take_the_facts_along(centre):
    def fail(event):
        raise RuntimeError

    with bus.only_own_subscribers():
        bus.subscribe(CallEntered)(fail)
        take_in(call_in(centre.group).rows)
    assert Call.objects.get().agent == centre.staff["agent1"]


def test_a_restart_of_the_switch_ends_what_was_open(centre):
    line = call_in(centre.group)
    take_in(line.rows)
    take_in([Record(at=line.at + timedelta(seconds=3), linkedid="", uniqueid="", kind="SWITCH_START", channel="")])
    call = Call.objects.get()
    assert (call.outcome, call.ended_by) == (Outcome.LOST, "system") and call.ended_at
    later = Line(line.at + timedelta(minutes=1), first="1764139900.1").enter()
    take_in(later.rows)
    assert Call.objects.get(linkedid="1764139900.1").outcome == Outcome.GOING_ON


def test_a_restart_ends_the_calls_of_its_own_node_and_no_others(centre):
    group, around = centre.group, Surroundings()
    lines = {node: Line(first=f"{node}-1764139204.1").enter().queue(group.queue) for node in ("hya", "hyb")}
    take_in([row for line in lines.values() for row in line.rows], around=around)
    back = Record(
        at=BEGIN + timedelta(seconds=9), linkedid="hya-1764139213.0", uniqueid="hya-1764139213.0", kind="SWITCH_START", channel=""
    )
    take_in([back], around=around)
    take_in(lines["hyb"].wait(20).say("KEY", "waiting:q:9").rows, around=around)  # folded again after the other node's restart
    found = {call.node: (call.outcome, call.ended_at is None) for call in Call.objects.all()}
    assert found == {"hya": (Outcome.LOST, False), "hyb": (Outcome.GOING_ON, True)}


def test_two_nodes_that_come_back_in_the_same_second_are_both_heard(centre):
    first, second = (Line(first=f"{node}-1764139204.1").enter() for node in ("hya", "hyb"))
    at = BEGIN + timedelta(seconds=9)
    back = [Record(at=at, linkedid=name, uniqueid=name, kind="SWITCH_START", channel="") for name in ("hya-1.0", "hyb-1.0")]
    take_in([*first.rows, *second.rows, *back])
    assert {call.outcome for call in Call.objects.all()} == {Outcome.LOST} and Call.objects.count() == 2


def test_what_was_looked_up_for_earlier_batches_hides_no_restart_and_nobody_who_came_meanwhile(centre):
    around = Surroundings()
    seat = SeatSession.objects.get(phone__extension="8001")
    SeatSession.objects.filter(pk=seat.pk).update(ended_at=BEGIN - timedelta(minutes=1))
    line = call_in(centre.group).wait(30)
    (call,) = take_in(line.rows, around=around)
    assert call.agent is None
    SeatSession.objects.filter(pk=seat.pk).update(ended_at=None)
    (call,) = take_in(line.say("INVITE", "key").rows, around=around)
    assert call.agent == centre.staff["agent1"]
    with CaptureQueriesContext(connection) as asked:
        take_in(line.wait(1).say("RATE", "4").rows, around=around)
    assert not any("calls_callednumber" in row["sql"] or "calls_seatsession" in row["sql"] for row in asked)
    take_in([Record(at=line.at + timedelta(seconds=3), linkedid="", uniqueid="", kind="SWITCH_START", channel="")], around=around)
    call.refresh_from_db()
    assert (call.outcome, call.ended_by) == (Outcome.LOST, "system")


def test_a_consultation_becomes_part_of_the_citizens_call(centre):
    line = call_in(centre.group)
    advice = Line(line.at + timedelta(seconds=5), first="1764139210.7")
    phone = advice.start(advice.linkedid, "PJSIP/8001-000000aa", exten="8002", context="phones")
    colleague = advice.ring("8002")
    advice.wait(1).answer(colleague).answer(phone).join(phone, colleague, bridge="b2")
    take_in([*line.rows, *advice.rows])
    assert Call.objects.count() == 2
    consultation = Call.objects.get(linkedid=advice.linkedid)
    SeatSession.objects.filter(phone__extension="8002").update(call=consultation)
    line.at, line.names = advice.at + timedelta(seconds=9), {**line.names, **advice.names}
    line.bridges |= advice.bridges
    line.note("ATTENDEDTRANSFER", phone, linkedid=advice.linkedid).hang_up(line.agent).hang_up(phone)
    line.leave(colleague).join(colleague, bridge="b1").wait(10).caller_leaves(colleague)
    take_in(line.rows)
    call = Call.objects.get()
    assert (call.linkedid, call.transfers, call.last_agent) == (line.linkedid, 1, centre.staff["agent2"])
    assert {leg.extension for leg in call.legs.all()} == {"8001", "8002"}
    assert SeatSession.objects.get(phone__extension="8002").call == call


@pytest.mark.req("R228")
def test_a_three_way_call_of_a_real_switch_is_one_row(cast):
    """Asterisk keeps two calls apart that meet in a conference only."""
    Phone.objects.create(centre=cast.demo, extension="1001")
    rows = stream("three_way")
    assert len({record.linkedid for record in rows}) == 2
    take_in(rows)
    call = Call.objects.get()
    assert (call.outcome, call.conferences, call.rating) == (Outcome.ANSWERED, 1, 5)
    outside = call.legs.get(role="outside")
    assert (outside.desk, outside.result) == ("12315", "answered") and outside.talk_ms == 1498


def test_two_citizens_in_one_conference_stay_two_calls(centre):
    one = call_in(centre.group)
    two = Line(one.at, first="1764139300.1").enter(number="13907700002", name="PJSIP/carrier-00000055").queue(centre.group.queue)
    two.wait(3)
    two.linkedid = one.linkedid  # joined with the older call, a channel goes by its name
    two.join(two.citizen, bridge="b1").wait(20).end()
    one.at = two.at
    one.caller_leaves(one.agent)
    take_in([*one.rows, *two.rows])
    assert Call.objects.count() == 2
    assert {call.number for call in Call.objects.all()} == {NUMBER, "13907700002"}
    assert all(call.ended_at for call in Call.objects.all())


def test_after_call_work_is_taken_from_the_seat(centre, django_capture_on_commit_callbacks):
    line = call_in(centre.group)
    line.wait(30).caller_leaves(line.agent)
    (call,) = take_in(line.rows)
    seat = SeatSession.objects.get(phone__extension="8001")
    SeatState.objects.create(
        centre=centre.demo, session=seat, staff=seat.staff, state=AgentState.WRAP_UP, call=call, begun_at=line.at, event="hung_up"
    )
    SeatSession.objects.filter(pk=seat.pk).update(state=AgentState.WRAP_UP, state_since=line.at, call=call)
    with django_capture_on_commit_callbacks(execute=True):
        move_seat(seat.pk, "finish", at=line.at + timedelta(seconds=42))
    call.refresh_from_db()
    assert call.wrap_ms == 42_000 and call.legs.get().wrap_ms == 42_000
    assert call.milestones[-1]["kind"] == "after_work_ended"
    before = shape(call)
    take_in(line.rows)
    call.refresh_from_db()
    assert shape(call) == before


def test_records_no_switch_would_write_are_survived(centre):
    odd = [
        Record(at=BEGIN, linkedid="x" * 500, uniqueid="1.1", kind="ANSWER", channel="PJSIP/8001-00000001"),
        Record(at=BEGIN, linkedid="1.1", uniqueid="1.1", kind="K" * 300, channel=""),
        Record(at=BEGIN, linkedid="1.1", uniqueid="1.1", kind="USER_DEFINED", channel="a\x00b", user_event="ENTER",
               extra={"extra": "12345\x00\ud800"}, cid_num="9" * 5000),
    ]
    take_in(odd)
    assert Call.objects.count() <= 1
    take_in(served().rows)


def test_a_call_of_no_centre_of_ours_makes_no_row(centre):
    assert take_in(Line().enter(called="999", name="PJSIP/unknown-00000001").rows) == []
    assert Call.objects.count() == 0 and SwitchRecord.objects.count() == 3


def test_a_missed_leg_belongs_to_whoever_sat_there(centre):
    line = Line().enter().queue(centre.group.queue)
    phone = line.ring("8002")
    line.wait(15).hang_up(phone, cause=0).wait(1)
    agent = line.connect("8001")
    line.wait(5).caller_leaves(agent)
    take_in(line.rows)
    assert [(leg.staff.username, leg.result) for leg in Leg.objects.select_related("staff")] == [
        ("agent2", "missed"), ("agent1", "answered"),
    ]
