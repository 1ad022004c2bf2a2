"""Tokens, limits, unknown addresses, and the document that describes it all."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from caller import ORDER, ORDERS, Api
from django.test import Client

from huying.audit.queries import ALL, quick, set_scope
from huying.config.api import auth
from huying.config.api.limits import Buckets
from huying.kernel import clock
from huying.org.models import ApiToken, Centre, Staff
from huying.org.operations.tokens import open_by_token
from huying.org.queries import centres_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer x", f"Bearer hy_{'x' * 43}", "Basic YTpi", f"Bearer {'x' * 9000}"])
def test_without_a_valid_token_nothing(cast, given):
    answer = Client(headers={"Authorization": given} if given else {}).get(ORDERS)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer") and "令牌" in answer.json()["detail"]


def test_a_signed_in_browser_is_nobody_here(cast, client):
    client.force_login(cast.staff["agent1"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(ORDERS).status_code == 401


def test_a_token_ends_with_its_account_its_date_and_its_revocation(cast):
    api = Api(cast.staff["agent1"])
    assert api.get(ORDERS).status_code == 200
    for change in ({"revoked_at": clock.now()}, {"revoked_at": None, "expires_at": clock.now() - timedelta(seconds=1)}):
        ApiToken.objects.update(**change)
        assert api.get(ORDERS).status_code == 401
    ApiToken.objects.update(expires_at=None)
    Staff.objects.filter(username="agent1").update(is_active=False)
    assert api.get(ORDERS).status_code == 401


@pytest.mark.req("R200")
def test_scopes_narrow(cast):
    narrow = Api(cast.staff["agent1"], scopes=("workorders.view_centre",))
    assert narrow.get(ORDERS).status_code == 200
    answer = narrow.post(ORDERS, ORDER)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.req("R200")
def test_a_token_has_its_allowance(cast, monkeypatch):
    monkeypatch.setattr(auth, "READS", Buckets(3))
    api, other = Api(cast.staff["agent1"]), Api(cast.staff["agent2"])
    assert [api.get(ORDERS).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    late = api.get(ORDERS)
    assert late["Content-Type"] == "application/problem+json" and 1 <= int(late["Retry-After"]) <= 20
    assert other.get(ORDERS).status_code == 200
    assert api.post(ORDERS, ORDER).status_code == 201


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v2/workorders", f"{ORDERS}/", "/api/v1/workorders/1/2/3/4"])
def test_unknown_addresses(cast, path):
    answer = Api(cast.staff["agent1"]).get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(("method", "path"), [("DELETE", ORDERS), ("PUT", f"{ORDERS}/1"), ("TRACE", ORDERS), ("GET", f"{ORDERS}/1/sign")])
def test_unknown_methods(cast, method, path):
    answer = Api(cast.staff["agent1"]).call(method, path)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer["Allow"]


@pytest.mark.parametrize("number", ["0", "x" * 400, "%00", "..%2f..%2fetc", "'--", "%F0%9F%94%A5", "%ff"])
def test_unknown_orders(cast, number):
    for tail in ("", "/events", "/actions", "/attachments"):
        answer = Api(cast.staff["agent1"]).get(f"{ORDERS}/{number}{tail}")
        assert answer.status_code in {400, 404} and answer["Content-Type"] == "application/problem+json"


def test_the_document_is_open_and_complete(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    assert {"/api/v1/workorders", "/api/v1/workorders/{number}", "/api/v1/workorders/{number}/events",
            "/api/v1/workorders/{number}/actions", "/api/v1/workorders/{number}/sign"} <= set(document["paths"])
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["summary"] and operation["security"] == [{"Bearer": []}]
            assert "application/problem+json" in operation["responses"]["422"]["content"]


def test_the_connection_is_left_seeing_nothing(cast):
    from django.db import connection

    Client(headers={"Authorization": f"Bearer {Api(cast.staff['agent1']).token}"}).get(ORDERS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('huying.centres', true)")
        assert cursor.fetchone()[0] == ""


def test_a_body_in_chunks_and_a_question_for_the_head_alone(cast):
    api = Api(cast.staff["agent1"])
    said = api.client.generic(
        "POST", ORDERS, b"", headers={"Authorization": f"Bearer {api.token}", "Transfer-Encoding": "chunked"},
        CONTENT_LENGTH="", **{"wsgi.input": BytesIO(json.dumps(ORDER).encode())},
    )
    assert said.status_code == 201, said.content
    assert api.call("HEAD", ORDERS).status_code == 200


@pytest.mark.parametrize("name", ["agent1", "liaison1", "director1@OTHER"])
def test_one_trip_tells_the_same_as_many(cast, name):
    """The query behind a token says once more, in SQL, what `permissions` and `centres_of` say."""
    Centre.objects.create(code="SUB", name="区级分中心", parent=cast.demo)
    person = Staff.objects.select_related("centre", "unit").get(username=name)
    found = open_by_token(Api(person).token)
    seen = quick("SELECT current_setting('huying.centres')", [])
    set_scope(ALL)
    assert found is not None and seen is not None
    staff, scopes = found
    assert (staff.pk, staff.permissions, scopes) == (person.pk, person.permissions, frozenset())
    assert (staff.centre, staff.unit) == (person.centre, person.unit)
    assert sorted(map(int, seen[0].split(","))) == sorted(centres_of(person))
