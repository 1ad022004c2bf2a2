"""Malicious callers (R216): nominated with evidence, approved with an end, appealed, lifted, expired; hits counted."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from calls.exchange import CALLER, hash_of
from huying.audit.models import Access, Event
from huying.audit.queries import verify
from huying.calls.catalog import Outcome
from huying.calls.events import CallEnded
from huying.calls.models import Block
from huying.calls.operations import blocks
from huying.calls.operations.block_bundle import export_bundle
from huying.calls.operations.blocks import AlreadyListed, NoWords, OwnNomination, WrongState
from huying.calls.rules.block import BadNomination
from huying.kernel import bus, clock
from huying.org.policies import NotAllowed, system_actor

pytestmark = [pytest.mark.django_db, pytest.mark.req("R216")]
REASON = "一小时内拨打二十次，辱骂话务员，不说诉求"


@pytest.fixture
def calls(exchange):
    return [exchange.call(agent="agent1", ago=timedelta(hours=hours)) for hours in (3, 2, 1)]


def nominate(exchange, calls, **more) -> Block:
    values = {"number": CALLER, "reason": REASON, "days": 7, "evidence": calls, "centre": exchange.centre, **more}
    return blocks.nominate(actor=exchange.cast.actor("leader1"), **values)


def approved(exchange, calls) -> Block:
    return blocks.approve(actor=exchange.cast.actor("director1"), block=nominate(exchange, calls), words="证据充分，同意")


def test_from_nomination_to_the_end(exchange, calls):
    with clock.frozen(clock.now()) as now:
        row = nominate(exchange, calls)
        assert (row.state, set(row.evidence.all())) == ("nominated", set(calls))
        now.tick(timedelta(hours=5))
        row = blocks.approve(actor=exchange.cast.actor("director1"), block=row, words="证据充分，同意")
        assert (row.state, row.ends_at - row.begins_at) == ("active", timedelta(days=7))
        assert row.begins_at == clock.now()  # the days count from the approval
        now.tick(timedelta(days=7) - timedelta(seconds=1))
        assert blocks.expire_blocks(system_actor()) == 0
        now.tick(timedelta(seconds=1))
        assert blocks.expire_blocks(system_actor()) == 1
    row.refresh_from_db()
    assert row.state == "expired"
    kinds = Event.objects.filter(stream="block", stream_id=row.pk).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["nominate", "approve", "expire"]
    assert not list(verify())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"days": None}, "days"), ({"days": 0}, "days"), ({"days": 181}, "days"), ({"reason": "烦"}, "reason"), ({"evidence": []}, "evidence"),
     ({"number": ""}, "number"), ({"number": "110"}, "number"), ({"number": "12345"}, "number")],
)
def test_a_nomination_has_number_reason_evidence_and_end(exchange, calls, wrong, field):
    with pytest.raises(BadNomination) as refused:
        nominate(exchange, calls, **wrong)
    assert field in refused.value.fields


def test_evidence_is_of_that_very_number_and_centre(exchange, calls):
    stranger = exchange.call(number="13907709999")
    with pytest.raises(BadNomination):
        nominate(exchange, [*calls, stranger])


def test_one_block_per_number_is_open(exchange, calls):
    row = nominate(exchange, calls)
    with pytest.raises(AlreadyListed):
        nominate(exchange, calls)
    blocks.reject(actor=exchange.cast.actor("director1"), block=row, words="证据不足")
    assert nominate(exchange, calls).pk != row.pk


def test_who_nominates_does_not_approve(exchange, calls):
    row = nominate(exchange, calls)
    with pytest.raises(NotAllowed):
        blocks.approve(actor=exchange.cast.actor("leader1"), block=row, words="同意同意")
    Block.objects.filter(pk=row.pk).update(nominated_by=exchange.cast.staff["director1"])
    with pytest.raises(OwnNomination):
        blocks.approve(actor=exchange.cast.actor("director1"), block=row, words="同意同意")
    with pytest.raises(NotAllowed):
        blocks.nominate(actor=exchange.cast.actor("agent1"), centre=exchange.centre, number=CALLER, reason=REASON, days=1, evidence=calls)


def test_an_appeal_is_decided_in_words(exchange, calls):
    director, row = exchange.cast.actor("director1"), approved(exchange, calls)
    with pytest.raises(WrongState):
        blocks.uphold(actor=director, block=row, words="没有申诉")
    blocks.appeal(actor=exchange.cast.actor("leader1"), block=row, words="本人称手机被盗用")
    with pytest.raises(NoWords):
        blocks.uphold(actor=director, block=row, words=" ")
    row = blocks.uphold(actor=director, block=row, words="查无被盗记录，维持")
    assert (row.state, row.appeal_decision) == ("active", "查无被盗记录，维持")
    blocks.appeal(actor=exchange.cast.actor("leader1"), block=row, words="提交了报案回执")
    row = blocks.lift(actor=director, block=row, words="情况属实，解除")
    assert (row.state, row.appeal_decision) == ("lifted", "情况属实，解除")
    assert row.ends_at <= clock.now()
    with pytest.raises(WrongState):
        blocks.lift(actor=director, block=row, words="再解除一次")


def end(call) -> None:
    bus.publish(CallEnded(call.pk, call.centre_id, str(call.outcome), call.was_listed))


def test_hits_and_passes_are_counted_from_the_calls(exchange, calls):
    row = approved(exchange, calls)
    now = timedelta(seconds=-1)
    refused = exchange.call(ago=now, was_listed=True, outcome=Outcome.BLOCKED)
    passed = exchange.call(ago=now, was_listed=True, agent="agent1")
    elsewhere = exchange.call(ago=now, number="13907709999", was_listed=True, outcome=Outcome.BLOCKED)
    for call in (refused, passed, passed, elsewhere):  # heard of twice counts once
        end(call)
    row.refresh_from_db()
    assert (row.hits, row.passes) == (2, 1)


def test_the_bundle_holds_it_all_and_is_on_record(exchange, calls):
    row = approved(exchange, calls)
    director = exchange.cast.actor("director1")
    with pytest.raises(NoWords):
        export_bundle(actor=director, block=row, reason="")
    with pytest.raises(NotAllowed):
        export_bundle(actor=exchange.cast.actor("agent1"), block=row, reason="想看看是谁")
    bundle = zipfile.ZipFile(io.BytesIO(export_bundle(actor=director, block=row, reason="移交公安机关")))
    about, kept, events = (json.loads(bundle.read(name)) for name in ("block.json", "calls.json", "events.json"))
    assert about["number"] == CALLER and about["exported_for"] == "移交公安机关"
    assert {line["id"] for line in kept} == {call.pk for call in calls}
    assert [line["kind"] for line in events] == ["nominate", "approve"] and events[1]["prev"] == events[0]["hash"]
    assert Access.objects.filter(kind="export", stream="block", stream_id=row.pk, reason="移交公安机关").count() == 1


def client(exchange, username: str) -> Client:
    found = Client()
    found.force_login(exchange.cast.staff[username], backend="django.contrib.auth.backends.ModelBackend")
    return found


def test_on_the_pages_a_leader_nominates_and_the_director_approves(exchange, calls):
    leader, director = client(exchange, "leader1"), client(exchange, "director1")
    page = leader.get(f"/calls/blocks/new?call={calls[0].pk}").content.decode()
    assert f'value="{CALLER}"' in page and page.count('name="evidence"') == 3
    typed = {"number": CALLER, "reason": "短", "days": "7", "evidence": [calls[0].pk]}
    refused = leader.post("/calls/blocks/new", typed)
    assert refused.status_code == 422 and "请写明拦截理由" in refused.content.decode() and 'value="7"' in refused.content.decode()
    found = leader.post("/calls/blocks/new", {**typed, "_find": "1"}).content.decode()
    assert found.count('name="evidence"') == 3 and "请写明拦截理由" not in found
    assert leader.post("/calls/blocks/new", {**typed, "reason": REASON}).status_code == 302
    row = Block.objects.get()
    shown = leader.get(f"/calls/blocks/{row.pk}").content.decode()
    assert CALLER not in shown and "139****1234" in shown and "批准</button>" not in shown
    judged = director.get(f"/calls/blocks/{row.pk}").content.decode()
    assert "批准</button>" in judged and f'href="/calls/{calls[0].pk}/"' in judged  # the evidence can be opened and heard
    assert director.post(f"/calls/blocks/{row.pk}/approve", {"words": ""}).status_code == 422
    assert director.post(f"/calls/blocks/{row.pk}/approve", {"words": "证据充分"}).status_code == 302
    assert leader.post(f"/calls/blocks/{row.pk}/lift", {"words": "我来解除"}).status_code == 422
    row.refresh_from_db()
    assert row.state == "active"
    assert "139****1234" in director.get("/calls/blocks/").content.decode()
    answer = director.post(f"/calls/blocks/{row.pk}/export", {"words": "移交公安机关"})
    assert answer["Content-Type"] == "application/zip"


def test_whoever_took_the_call_of_a_blocked_caller_writes_down_that_they_object(exchange, calls):
    row = approved(exchange, calls)
    call = exchange.call(agent="agent1", ago=timedelta(), was_listed=True)
    other = exchange.call(agent="agent1", number="13907709999", ago=timedelta())
    agent, director = client(exchange, "agent1"), client(exchange, "director1")
    assert "登记申诉" in agent.get(f"/calls/{call.pk}/").content.decode()
    assert "登记申诉" not in agent.get(f"/calls/{other.pk}/").content.decode()
    assert "没有生效中的拦截" in agent.post(f"/calls/{other.pk}/appeal", {"words": "本人没有拨打"}, follow=True).content.decode()
    agent.post(f"/calls/{call.pk}/appeal", {"words": "短"})
    row.refresh_from_db()
    assert row.appealed_at is None
    said = agent.post(f"/calls/{call.pk}/appeal", {"words": "本人手机被盗用"}, follow=True).content.decode()
    assert "申诉已登记" in said and "登记申诉" not in said  # one at a time
    assert "本人手机被盗用" in director.get(f"/calls/blocks/{row.pk}").content.decode()
    assert "139****1234" in director.get("/calls/blocks/?state=appealed").content.decode()


def test_the_hash_finds_the_number_however_it_is_written(exchange, calls):
    row = nominate(exchange, calls, number="+86 139-0770-1234")
    assert (row.number, bytes(row.number_hash)) == (CALLER, hash_of(CALLER))
