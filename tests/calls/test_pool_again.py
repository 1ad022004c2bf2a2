"""The pool of call-backs: callers without a number, and callers who come again after we tried in vain (R042, R223)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from calls.exchange import CALLER, hash_of
from huying.calls.catalog import Outcome
from huying.calls.events import CallEnded
from huying.calls.models import Call, CallBack, Recording
from huying.calls.operations import call_back as operations
from huying.calls.operations.call_back import NoNumber
from huying.calls.queries.records import as_row
from huying.kernel import bus, clock
from huying.switch.records import USER, Record

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HIDDEN = {"number": "", "number_hash": b""}


def end(call: Call) -> Call:
    bus.publish(CallEnded(call.pk, call.centre_id, str(call.outcome), call.was_listed))
    return call


def message(exchange, ago: float) -> Call:
    call = exchange.call(
        ago=ago * MINUTE, outcome=Outcome.VOICEMAIL, milestones=[{"kind": "voicemail", "name": f"{ago}.wav", "at": ""}], **HIDDEN
    )
    Recording.objects.create(centre=exchange.centre, call=call, name=f"voicemail/{ago}.wav", duration_ms=12_000)
    return end(call)


def tried(exchange, row: CallBack) -> None:
    end(exchange.call(ago=timedelta(), direction="out", outcome=Outcome.NO_ANSWER, agent_id=exchange.cast.staff["agent1"].pk))
    row.refresh_from_db()


@pytest.mark.req("R042")
def test_whoever_hides_the_number_is_called_at_the_one_keyed_in(exchange):
    call = exchange.call(outcome=Outcome.CALL_BACK, **HIDDEN)
    as_row(Record(at=call.entered_at, linkedid=call.linkedid, uniqueid="1", kind=USER, channel="", user_event="CALLBACK",
                  extra={"extra": CALLER})).save()
    end(call)
    end(call)  # heard of twice
    row = CallBack.objects.get()
    assert (row.kind, row.number, bytes(row.number_hash), row.place_at) == ("requested", CALLER, hash_of(CALLER), call.queued_at)


@pytest.mark.req("R042")
def test_each_message_without_a_number_is_an_entry_that_nobody_can_call(exchange, client: Client):
    first, second = message(exchange, 20), message(exchange, 10)
    end(first)
    rows = list(CallBack.objects.order_by("place_at"))
    assert [(row.call, row.kind, row.voicemail.name) for row in rows] == [
        (first, "voicemail", "voicemail/20.wav"), (second, "voicemail", "voicemail/10.wav")]
    with pytest.raises(NoNumber):
        operations.call_back(actor=exchange.cast.actor("agent1"), row=rows[0])
    client.force_login(exchange.cast.staff["agent1"])
    page = client.get("/calls/back/?kind=voicemail").content.decode()
    assert page.count("号码未显示") == 2
    assert f"/calls/back/{rows[0].pk}/call" not in page
    assert f"/desk/call/{first.pk}" in page


@pytest.mark.req("R223")
def test_whoever_calls_after_a_try_in_vain_need_not_wait_for_another_hour(exchange):
    with clock.frozen(datetime(2026, 11, 25, 1, 0, tzinfo=UTC)) as now:
        call = end(exchange.call(ago=30 * MINUTE, outcome=Outcome.CALL_BACK))
        row = CallBack.objects.get()
        tried(exchange, row)
        assert row.next_at > clock.now()
        end(call)  # the old call heard of again says nothing new
        row.refresh_from_db()
        assert row.next_at > clock.now()
        now.tick(5 * MINUTE)
        end(exchange.call(ago=timedelta(minutes=3), outcome=Outcome.CALL_BACK))
        row.refresh_from_db()
        assert (CallBack.objects.count(), row.next_at, row.times, row.place_at) == (1, None, 2, call.queued_at)


@pytest.mark.req("R223")
def test_an_entry_out_of_reach_gives_way_to_a_new_one(exchange):
    with clock.frozen(datetime(2026, 11, 25, 1, 0, tzinfo=UTC)) as now:
        end(exchange.call(ago=30 * MINUTE))
        row = CallBack.objects.get()
        for _ in range(3):
            tried(exchange, row)
            now.move_to(row.next_at or clock.now())
        assert row.state == "unreached"
        now.tick(60 * MINUTE)
        call = end(exchange.call(ago=timedelta(minutes=3)))
        end(call)
        row.refresh_from_db()
        assert (row.state, row.result_call) == ("not_needed", call)
        assert CallBack.objects.get(state="waiting").call == call
