"""Calls for other systems (能力开放): events by webhook, recordings by REST (R200)."""

import io
import json
from datetime import datetime, timedelta

import pytest
from caller import Api
from receiver import genuine, receiving
from test_webhooks import subscribe, work

from huying.audit.models import Access
from huying.calls.events import CallAnswered, CallEnded, CallEntered, CallRang
from huying.calls.models import Call, Leg, Recording
from huying.calls.queries.sealed import folder, seal_file
from huying.calls.rules.sound import silence, words_in
from huying.kernel import bus, clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_PRIVATE = True
    with receiving() as one:
        yield one


@pytest.fixture
def operator(cast):
    """Whose role, as delivered, connects other systems; it may read no call."""
    return Api(cast.staff["operator1"])


def call_of(centre, **more):
    return Call.objects.create(centre=centre, linkedid=f"l{Call.objects.count()}", number="13907708888", called="12345",
                               entered_at=clock.now(), **more)


def lived(call, staff):
    for event in (CallEntered(call.pk, call.centre_id), CallRang(call.pk, call.centre_id, staff.pk),
                  CallAnswered(call.pk, call.centre_id, staff.pk), CallEnded(call.pk, call.centre_id, "answered", False)):
        bus.publish(event)


@pytest.mark.req("R200")
def test_a_calls_moments_are_told_signed_and_without_a_number(operator, receiver, cast):
    hook = subscribe(operator, receiver.url, ["call.*"])
    begun = clock.now() - timedelta(minutes=9)
    call = call_of(cast.demo, agent=cast.staff["agent1"], outcome="answered", ended_at=begun + timedelta(minutes=4))
    Leg.objects.create(
        centre=cast.demo, call=call, uniqueid="l.1", staff=cast.staff["agent1"], offered_at=begun + timedelta(seconds=5),
        answered_at=begun + timedelta(seconds=8),
    )
    Call.objects.filter(pk=call.pk).update(entered_at=begun)
    lived(call, cast.staff["agent1"])
    work()
    said = [json.loads(body) for _, body in receiver.got]
    assert [one["event"] for one in said] == ["call.entered", "call.rang", "call.answered", "call.ended"]
    assert all(genuine(headers, body, hook["secret"]) for headers, body in receiver.got)
    assert said[-1]["call"] == call.pk and said[-1]["agent"] == "agent1" and said[-1]["url"] == f"/api/v1/calls/{call.pk}"
    assert "1390770" not in str(receiver.got)
    after = [(datetime.fromisoformat(one["at"]) - begun).total_seconds() for one in said]
    assert [round(each) for each in after] == [0, 5, 8, 240], "when it happened, not when it was sent"
    assert [one["staff"] for one in said] == [None, "agent1", "agent1", None]


def test_told_once_however_often_and_only_what_was_asked_for(operator, receiver, cast):
    subscribe(operator, receiver.url, ["call.ended"])
    call = call_of(cast.demo)
    lived(call, cast.staff["agent1"])
    lived(call, cast.staff["agent1"])
    work()
    assert [json.loads(body)["event"] for _, body in receiver.got] == ["call.ended"]


def test_orders_subscribers_hear_nothing_of_calls_and_strangers_nothing_at_all(operator, receiver, cast):
    subscribe(operator, receiver.url, ["*"])
    lived(call_of(cast.demo), cast.staff["agent1"])
    work()
    assert receiver.got == []
    subscribe(operator, receiver.url, ["call.*"])
    lived(call_of(cast.other), cast.staff["agent1@OTHER"])
    work()
    assert receiver.got == []


@pytest.mark.req("R200", "R221")
def test_a_recording_is_given_to_whoever_may_take_it_out_and_marked(cast, settings, tmp_path):
    settings.DATA = tmp_path
    call = call_of(cast.demo)
    row = Recording.objects.create(centre=cast.demo, call=call, name="x.wav", state="sealed", path="x.sealed", digest="d" * 64)
    row.digest, row.size = seal_file(io.BytesIO(silence(1)), folder() / row.path, row.name)
    row.save()
    path = f"/api/v1/calls/{call.pk}/recording"
    answer = Api(cast.staff["director1"]).get(path)
    assert answer.status_code == 200 and answer["Content-Type"] == "audio/wav" and "director1" in words_in(answer.content)
    assert Access.objects.get(kind="download", stream="call").stream_id == call.pk
    assert Api(cast.staff["director1"]).get(f"{path}?reason=市纪委调取").status_code == 200
    assert [row.reason for row in Access.objects.filter(kind="download").order_by("pk")] == ["接口下载", "市纪委调取"]
    refused = Api(cast.staff["leader1"]).get(path)
    assert refused.status_code == 403 and refused["Content-Type"] == "application/problem+json"
    assert "您没有“下载录音”（calls.download）的权限" in refused.json()["detail"]
    narrow = Api(cast.staff["director1"], scopes=("calls.view",)).get(path)
    assert narrow.status_code == 403 and "令牌的范围不含“下载录音”（calls.download）" in narrow.json()["detail"]
    assert Api(cast.staff["director1@OTHER"]).get(path).status_code == 404
    sealed = bytearray((folder() / row.path).read_bytes())
    sealed[-1] ^= 1
    (folder() / row.path).write_bytes(sealed)
    damaged, downloads = Api(cast.staff["director1"]).get(path), Access.objects.filter(kind="download").count()
    assert damaged.status_code == 409 and "与封存时不一致" in damaged.json()["detail"] and downloads == 2
    told = Api(cast.staff["director1"]).get("/api/v1/openapi.json").json()["paths"]["/api/v1/calls/{call}/recording"]["get"]["responses"]
    assert told["409"]["description"] == "与当前状态冲突" and list(told["409"]["content"]) == ["application/problem+json"]
    (folder() / row.path).unlink()
    assert Api(cast.staff["director1"]).get(path).status_code == 404
