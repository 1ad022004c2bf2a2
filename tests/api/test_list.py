"""GET /api/v1/workorders: filters, pages, and only what this person may know of."""

from datetime import timedelta

import pytest
from caller import ORDERS, Api

from huying.config.api import api
from huying.kernel import clock
from huying.workorders.models import WorkOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(cast):
    return Api(cast.staff["agent1"])


def numbers(api, query=""):
    answer = api.get(f"{ORDERS}{query}")
    assert answer.status_code == 200, answer.content.decode()
    return [row["number"] for row in answer.json()["items"]]


def test_pages_lead_through_all_without_gap_or_repetition(agent):
    made = [agent.create() for _ in range(7)]
    same = clock.now()
    WorkOrder.objects.filter(number__in=made[:4]).update(created_at=same)
    seen, at = [], f"{ORDERS}?limit=2&type=complaint"
    while at:
        page = agent.get(at).json()
        seen += [row["number"] for row in page["items"]]
        assert (page["next"] is None) == (page["next_cursor"] is None)
        at = page["next"]
    assert sorted(seen) == sorted(made) and len(seen) == 7


def test_filters(agent, cast):
    first, second = agent.create(), agent.create(type="praise", title="表扬热心司机")
    Api(cast.staff["dispatcher1"]).post(f"{ORDERS}/{first}/dispatch", {"unit": "CG-1", "opinion": "请核实"})
    assert numbers(agent, "?status=to_sign") == [first]
    assert numbers(agent, "?status=to_sign,to_review") == [second, first]
    assert numbers(agent, "?type=praise") == [second]
    assert numbers(agent, "?unit=CG") == numbers(agent, "?unit=CG-1") == [first]
    assert numbers(agent, f"?unit={cast.units['CG'].pk}") == [first]
    assert numbers(agent, "?q=热心司机") == [second]
    assert numbers(agent, f"?q={first}") == [first]
    today = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d}"
    assert numbers(agent, f"?created_from={today}&created_to={today}") == [second, first]
    WorkOrder.objects.filter(number=first).update(created_at=clock.now() - timedelta(days=3))
    assert numbers(agent, f"?created_from={today}") == [second]


@pytest.mark.parametrize(
    "query",
    ["?status=nonsense", "?type=1", "?limit=0", "?limit=201", "?limit=x", "?cursor=abc", "?cursor=WyJ4Il0:forged",
     "?created_from=yesterday", "?created_to=2026-13-01", "?unit=NOPE", "?q=" + "x" * 51],
)
def test_nonsense_is_refused(agent, query):
    answer = agent.get(f"{ORDERS}{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["field"] in query


READS = [
    (path.format(number="x", call=1, **dict.fromkeys(("webhook", "delivery", "file", "key"), 1)), operation["get"])
    for path, operation in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items() if "get" in operation
]


@pytest.mark.parametrize(("path", "operation"), READS, ids=[path for path, _ in READS])
def test_an_unknown_parameter_is_named_with_the_known_ones(cast, path, operation):
    answer = Api(cast.staff["director1"]).get(f"{path}?foo=1")
    known = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    (fault,) = answer.json()["errors"]
    assert fault["field"] == "foo" and fault["message"] in answer.json()["detail"]
    assert fault["message"] == (f"没有这个参数，可用：{'、'.join(known)}" if known else "没有这个参数，此接口不带查询参数")


@pytest.mark.parametrize("path", [ORDERS, "/api/v1/calls", "/api/v1/seats", "/api/v1/queues"])
def test_every_list_is_among_them(path):
    assert path in [read for read, _ in READS]


@pytest.mark.req("R255")
@pytest.mark.parametrize(
    "query",
    ["?q=' OR 1=1 --", "?q=%25%25", "?q=\\", '?q={"$gt":""}', "?unit=' OR '1'='1", "?q=';DROP TABLE org_staff;--", "?q=%F0%9F%94%A5",
     "?q=%ff%fe", "?q=%00", "?created_from=2026-01-01'--", "?status=to_sign'--"],
)
def test_injections_find_nothing(agent, query):
    agent.create()
    answer = agent.get(f"{ORDERS}{query}")
    assert answer.status_code in {200, 400, 422}
    if answer.status_code == 200:
        assert answer.json()["items"] == []


def test_each_sees_their_own(agent, cast):
    mine = agent.create()
    assert numbers(Api(cast.staff["liaison1"])) == []
    assert numbers(Api(cast.staff["director1@OTHER"])) == []
    Api(cast.staff["dispatcher1"]).post(f"{ORDERS}/{mine}/dispatch", {"unit": "CG", "opinion": "请核实"})
    assert numbers(Api(cast.staff["liaison1"])) == [mine]
    assert numbers(Api(cast.staff["liaison2"])) == []
