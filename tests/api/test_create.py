"""POST /api/v1/workorders: what it takes, what it refuses and how, and that a repeated request has one effect."""

import json
import threading

import pytest
from caller import ORDER, ORDERS, Api
from django.db import connections

from huying.workorders.models import WorkOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(cast):
    return Api(cast.staff["agent1"])


def test_it_answers_with_number_and_state(agent):
    answer = agent.post(ORDERS, ORDER)
    assert answer.status_code == 201, answer.content.decode()
    said = answer.json()
    order = WorkOrder.objects.get(number=said["number"])
    assert said["state"] == order.state == "to_review"
    assert answer["Location"] == f"{ORDERS}/{order.number}"
    assert (order.channel, order.kind, order.region_id, order.created_by.username) == (
        "api", "complaint", "450602001001", "agent1"
    )
    assert (order.contact.phone, order.contact.address) == ("13907700001", "海湾小区3栋501室")


def test_all_that_may_be_said(agent):
    sent = {
        **ORDER, "type": "report", "points": ["灯不亮", "井盖松动"], "urgency": "urgent", "template": "safety_report",
        "fields": {"enterprise": "某某厂", "hazard": "gas", "people_at_risk": 3}, "confidential": True,
        "event_at": "2026-03-01T09:00:00+08:00", "external_number": "X-1", "place": "海湾路", "address_way": "phone",
        "is_group": True, "then": "draft",
    }
    answer = agent.post(ORDERS, sent)
    assert answer.status_code == 201, answer.content.decode()
    order = WorkOrder.objects.get(number=answer.json()["number"])
    assert (order.state, order.urgency, order.external_number, order.is_group) == ("draft", "urgent", "X-1", True)
    assert order.fields == {"enterprise": "某某厂", "hazard": "gas", "people_at_risk": 3}
    assert order.points.count() == 2 and order.address_confirmed_at


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "nonsense"}, "type"), ({"title": ""}, "title"), ({"title": None}, "title"), ({"content": 5}, "content"),
        ({"caller": "张三"}, "caller"), ({"caller": {"name": "张三"}}, "caller.phone"), ({"region": "999999"}, "region"),
        ({"region": 450602}, "region"), ({"urgency": "最急"}, "urgency"), ({"event_at": "昨天"}, "event_at"),
        ({"event_at": "2090-01-01T00:00:00Z"}, "event_at"), ({"points": "灯"}, "points"), ({"template": "none"}, "template"),
        ({"confidental": True}, "confidental"), ({"title": "字" * 101}, "title"), ({"title": "  \n "}, "title"),
        ({"caller": {"name": "张三", "phone": "一二三1"}}, "caller.phone"), ({"fields": []}, "fields"),
        ({"template": "safety_report", "type": "report"}, "fields.enterprise"), ({"fields": {"a": 10**14}}, None),
    ],
)
def test_bad_input_names_the_field_in_chinese(agent, change, field):
    answer = agent.post(ORDERS, {**ORDER, **change})
    if field is None:
        assert answer.status_code == 201
        return
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (422, 422, problem["code"])
    assert answer["Content-Type"] == "application/problem+json"
    assert field in {row["field"] for row in problem["errors"]}
    assert any("\u4e00" <= sign <= "\u9fff" for sign in problem["detail"])
    assert not WorkOrder.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"title": "\\u0000"}', b'{"title": "\\ud800"}', b"NaN",
     b'{"title": 1e400}', b'{"a":' * 500 + b"1" + b"}" * 500, b"[" * 100_000, b"1" * 10_000, b'{"urgency": 99999999999999999999}',
     b"{'type': 'help'}", b'{"title": NaN}', b"{}"],
)
def test_broken_bodies_are_refused_in_chinese(agent, raw):
    answer = agent.call("POST", ORDERS, raw=raw)
    assert answer.status_code in {400, 422}, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.json()["detail"])


@pytest.mark.req("R255")
def test_strange_text_is_kept_as_it_is(agent):
    strange = "'; DROP TABLE workorders_workorder; -- <script>alert(1)</script> %s {0} ${x} \U0001f525 \u202e"
    number = agent.create(title=strange[:90], content=strange, place=strange, caller={"name": "' OR 1=1", "phone": "13907700001"})
    assert WorkOrder.objects.get(number=number).content == strange.strip()


def test_a_body_too_large_is_refused(agent, settings):
    answer = agent.call("POST", ORDERS, raw=b'{"title": "' + b"x" * settings.API_LARGEST_BODY + b'"}')
    assert answer.status_code == 413 and answer["Content-Type"] == "application/problem+json"


def test_the_same_key_and_content_give_the_same_number(agent):
    first = agent.post(ORDERS, ORDER, Idempotency_Key="k-1")
    again = agent.call("POST", ORDERS, raw=json.dumps(dict(reversed(ORDER.items())), indent=3).encode(), Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert WorkOrder.objects.count() == 1


def test_the_same_key_with_other_content_is_a_conflict(agent):
    agent.post(ORDERS, ORDER, Idempotency_Key="k-1")
    other = agent.post(ORDERS, {**ORDER, "title": "路灯又不亮"}, Idempotency_Key="k-1")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert WorkOrder.objects.count() == 1


def test_a_key_belongs_to_one_person(agent, cast):
    agent.post(ORDERS, ORDER, Idempotency_Key="k-1")
    assert Api(cast.staff["agent2"]).post(ORDERS, {**ORDER, "title": "另一件事"}, Idempotency_Key="k-1").status_code == 201


def test_a_refused_request_does_not_use_up_its_key(agent):
    assert agent.post(ORDERS, {**ORDER, "region": "999999"}, Idempotency_Key="k-1").status_code == 422
    assert agent.post(ORDERS, ORDER, Idempotency_Key="k-1").status_code == 201


@pytest.mark.parametrize("key", ["x" * 101, "has space", "\u00e9"])
def test_a_key_must_be_plain(agent, key):
    assert agent.post(ORDERS, ORDER, Idempotency_Key=key).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_make_one_order(cast):
    agent = Api(cast.staff["agent1"])
    answers, gate = [], threading.Barrier(8)

    def post() -> None:
        try:
            gate.wait()
            answers.append(Api(token=agent.token).post(ORDERS, ORDER, Idempotency_Key="same"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert WorkOrder.objects.count() == 1
