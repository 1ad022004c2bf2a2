"""What records of a seat's telephone mean for its person."""

from datetime import UTC, datetime, timedelta

import pytest

from huying.gateway import resync
from huying.gateway.legs import RESTART, Leg, Legs
from huying.switch.records import Record

T0 = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
CALL = "1764147600.1"


def record(kind, ms=0, *, uid="1764147600.2", channel="PJSIP/8001-00000002", call=CALL, **more):
    return Record(at=T0 + timedelta(milliseconds=ms), linkedid=call, uniqueid=uid, kind=kind, channel=channel, **more)


def start(ms=0, **more):
    return record("CHAN_START", ms, **{"exten": "s", **more})


def said(legs, *records):
    return [(event.event, event.extension) for event in legs.take(list(records))]


def test_a_call_that_is_answered():
    legs = Legs()
    assert said(legs, start()) == [("rings", "8001")]
    assert not legs.busy("8001")
    assert said(legs, record("ANSWER", 900)) == [("answered", "8001")]
    assert legs.busy("8001")
    assert said(legs, record("BRIDGE_ENTER", 910), record("BRIDGE_EXIT", 5000)) == []
    assert said(legs, record("HANGUP", 5001, extra={"hangupcause": 16})) == [("hung_up", "8001")]
    assert legs.of("8001") == []


def test_whoever_dials_is_on_the_telephone_at_once():
    legs = Legs()
    assert said(legs, start(exten="13800138000", app="")) == [("answered", "8001")]
    assert said(legs, record("ANSWER", 3000)) == []
    assert said(legs, record("HANGUP", 9000)) == [("hung_up", "8001")]


@pytest.mark.parametrize(("cause", "dialled", "event"), [
    (16, "NOANSWER", "missed"), (26, "CANCEL", "cancelled"), (26, "NOANSWER", "missed"), (17, "BUSY", "refused"),
    (21, "", "refused"), (26, "", "missed"),
])
def test_why_it_stopped_ringing(cause, dialled, event):
    legs = Legs()
    legs.take([start()])
    if dialled:
        legs.dial_ended("1764147600.2", dialled)
    assert said(legs, record("HANGUP", 4000, extra={"hangupcause": cause})) == [(event, "8001")]


@pytest.mark.parametrize("other", [
    record("HANGUP", 4100, uid=CALL, channel="PJSIP/trunk-carrier-00000001"),
    record("ANSWER", 3950, uid="1764147600.3", channel="PJSIP/8002-00000003"),
])
def test_read_from_the_file_a_caller_who_left_or_another_who_was_quicker_is_seen(other):
    legs = Legs()
    legs.take([start()])
    assert ("cancelled", "8001") in said(legs, record("HANGUP", 4000, extra={"hangupcause": 16}), other)


def test_a_consultation_that_joins_the_citizens_call_is_told_as_that_call():
    legs = Legs()
    legs.take([start(call="1764147600.9"), record("ANSWER", 500, call="1764147600.9")])
    events = legs.take([record("BRIDGE_ENTER", 9000)])
    assert [(event.event, event.linkedid) for event in events] == [("answered", CALL)]


def test_a_second_line_keeps_the_person_in_a_call():
    legs = Legs()
    legs.take([start(), record("ANSWER", 100)])
    second = {"uid": "1764147600.7", "channel": "PJSIP/8001-00000007"}
    assert said(legs, start(200, exten="8002", **second)) == [("answered", "8001")]
    assert said(legs, record("HANGUP", 300, **second)) == []
    assert said(legs, record("HANGUP", 400)) == [("hung_up", "8001")]


def test_listening_leaves_nothing_to_write_up():
    legs = Legs()
    legs.take([start(), record("ANSWER", 100, context="spy"), record("APP_START", 120, app="ChanSpy", context="spy")])
    assert said(legs, record("HANGUP", 900)) == [("hung_up", "8001"), ("finish", "8001")]


def test_the_end_of_a_call_whose_beginning_was_not_seen():
    assert said(Legs(), record("HANGUP", 900)) == [("hung_up", "8001")]


def test_a_restart_ends_what_began_before_it():
    legs = Legs()
    legs.take([start(), record("ANSWER", 100)])
    legs.seed(Leg("1999999999.1", "PJSIP/8002-00000001", "1999999999.0", rung=True, answered=True))
    back = Record(at=T0 + timedelta(seconds=60), linkedid="x", uniqueid="x", kind=RESTART, channel="")
    assert [(event.event, event.extension) for event in legs.take([back])] == [("hung_up", "8001")]
    assert legs.busy("8002")


def test_other_channels_are_nobodys_seat():
    legs = Legs()
    for channel in ("PJSIP/trunk-carrier-00000001", "Local/8001@move-00000001;1", "PJSIP/8001", "SIP/8001-00000002"):
        assert legs.take([start(channel=channel, uid=channel), record("HANGUP", 5, channel=channel, uid=channel)]) == []


@pytest.mark.parametrize("watched", [True, False])
def test_what_ended_while_the_switch_was_asked_what_it_has_is_not_taken_up_again(watched):
    """Its list is a moment old: the end may stand in the records that were read since."""
    legs = Legs(over=set() if watched else None)
    row = {"Uniqueid": "1764147600.2", "Channel": "PJSIP/8001-00000002", "Linkedid": CALL, "ChannelStateDesc": "Up"}
    legs.take([record("HANGUP", 5001)])
    assert [leg.extension for leg in resync.unknown([row], legs)] == ([] if watched else ["8001"])
