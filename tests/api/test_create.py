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


@pytest.mark.req("R282")
def test_a_sensitive_appeal_is_known_to_authorised_people_only(cast):
    leader = Api(cast.staff["leader1"])
    number = leader.create(is_sensitive=True)
    assert WorkOrder.objects.get(number=number).is_sensitive
    assert leader.get(f"{ORDERS}/{number}").json()["is_sensitive"] is True
    assert Api(cast.staff["director1"]).get(f"{ORDERS}/{number}").status_code == 200
    assert Api(cast.staff["dispatcher1"]).get(f"{ORDERS}/{number}").status_code == 404
    assert leader.get(f"{ORDERS}/{leader.create()}").json()["is_sensitive"] is False


def test_only_those_with_the_right_may_mark_an_appeal_as_sensitive(agent):
    answer = agent.post(ORDERS, {**ORDER, "is_sensitive": True}, Idempotency_Key="k")
    problem = answer.json()
    assert (answer.status_code, problem["errors"][0]["field"]) == (403, "is_sensitive")
    assert "敏感" in problem["detail"] and "查看敏感与保密工单" in problem["errors"][0]["message"]
    assert not WorkOrder.objects.exists()
    assert agent.post(ORDERS, {**ORDER, "is_sensitive": "yes"}).status_code == 422
    assert agent.post(ORDERS, {**ORDER, "is_sensitive": False}, Idempotency_Key="k").status_code == 201
    assert "workorders.view_sensitive" in agent.get("/api/v1/openapi.json").content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "nonsense"}, "type"), ({"title": ""}, "title"), ({"title": None}, "title"), ({"content": 5}, "content"),
        ({"caller": "张三"}, "caller"), ({"caller": {"name": "张三"}}, "caller.phone"), ({"region": "999999"}, "region"),
        ({"region": 450602}, "region"), ({"urgency": "最急"}, "urgency"), ({"event_at": "昨天"}, "event_at"),
        ({"event_at": "2090-01-01T00:00:00Z"}, "event_at"), ({"points": "灯"}, "points"), ({"template": "none"}, "template"),
        ({"confidental": True}, "confidental"), ({"title": "字" * 101}, "title"), ({"title": "  \n "}, "title"),
        ({"caller": {"name": "张三", "phone": "一二三1"}}, "caller.phone"),
        ({"caller": {"name": "张三", "phone": "12"}}, "caller.phone"), ({"caller": {"phone": "1390770000"}}, "caller.phone"),
        ({"fields": []}, "fields"),
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
    assert all(row["message"] in problem["detail"] for row in problem["errors"])  # for who reads nothing but that
    assert not WorkOrder.objects.exists()


def test_all_faults_are_named_at_once(agent):
    wrong = {"type": "nonsense", "title": "", "caller": {"name": "张三", "phone": "12"}, "region": "999999"}
    answer = agent.post(ORDERS, {**ORDER, **wrong})
    assert answer.status_code == 422
    assert [row["field"] for row in answer.json()["errors"]] == ["type", "title", "caller.phone", "region"]


@pytest.mark.parametrize(
    "phone", ["13907700001", "+86 139 0770 0001", "0770-2825000", "2825000", "400-822-1234", "12345", "+852 2345 6789", "0081 3 1234 5678"]
)
def test_whatever_can_be_called_is_taken(agent, phone):
    assert agent.post(ORDERS, {**ORDER, "caller": {"name": "张三", "phone": phone}}).status_code == 201


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


@pytest.mark.parametrize("sign", ["\\u0000", "\\u0001", "\\u001b", "\\u007f", "\\ud800", "\\udfff\\ud800"])
@pytest.mark.parametrize(
    ("field", "place"),
    [("title", {"title": "路灯@不亮"}), ("content", {"content": "路灯不亮三天@了，请来人"}), ("address", {"address": "@"}),
     ("caller.name", {"caller": {"name": "张@三", "phone": "13907700001"}}), ("points.1", {"points": ["灯不亮", "井盖@"]}),
     ("fields.hazard", {"fields": {"hazard": "@"}}), ("external_number", {"external_number": "X@"}), ("type", {"type": "help@"})],
)
def test_what_nobody_can_type_is_refused_beside_its_field(agent, sign, field, place):
    answer = agent.call("POST", ORDERS, raw=json.dumps({**ORDER, **place}).replace("@", sign).encode())
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [row["field"] for row in problem["errors"]] == [field]
    assert "含有不能使用的字符（U+" in problem["errors"][0]["message"] and "请删去" in problem["detail"]
    assert not WorkOrder.objects.exists()


@pytest.mark.parametrize("sign", ["\\u0000", "\\u0007", "\\ud800"])
def test_what_nobody_can_type_is_refused_in_a_name_and_in_an_action(agent, sign):
    answer = agent.call("POST", ORDERS, raw=json.dumps({**ORDER, "no@te": "x"}).replace("@", sign).encode())
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "no�te")
    number = agent.create()
    answer = agent.call("POST", f"{ORDERS}/{number}/comment", raw=b'{"note": "' + sign.encode() + b'"}')
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "note")


def test_tabs_and_line_breaks_are_text(agent):
    number = agent.create(content="一、路灯不亮\r\n\t二、井盖松动\n三、请回复")
    assert "\t二" in WorkOrder.objects.get(number=number).content


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "q=%ED%A0%80", "unit=%00", "type=%00", "status=%00", "cursor=%00"])
def test_no_sign_in_an_address_breaks_anything(agent, query):
    agent.create()
    assert agent.get(f"{ORDERS}?{query}").status_code in {200, 400, 404, 422}
    for path in (f"{ORDERS}/%00", f"{ORDERS}/%ED%A0%80/events", f"{ORDERS}/a%00b/actions"):
        assert agent.get(path).status_code in {400, 404}
    assert agent.post(ORDERS, ORDER, Idempotency_Key="a\x00b").status_code in {400, 422}


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
