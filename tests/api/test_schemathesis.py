"""The document against the running interface: whatever may be asked, right or wrong, is answered as it says."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from caller import Api
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig

from huying.audit.queries import ALL, set_scope
from huying.config.api import api

pytestmark = [pytest.mark.django_db, pytest.mark.req("R200")]
CHECKS = {
    # What only the database knows (a region, a unit, a state) no schema can say: 409 and 422 are right
    # answers, and 400 for a NUL.
    "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "401", "403", "404", "409", "422"]},
}


def document(*, examples: int, corners: bool) -> Any:
    """The interface's own description; `corners`: also every border of every field, one by one."""
    config = SchemathesisConfig.from_dict({
        "generation": {"max-examples": examples, "deterministic": True, "mode": "all", "with-security-parameters": False},
        "phases": {"coverage": {"enabled": corners}}, "checks": CHECKS,
    })
    schema = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/v1/"), config=config)
    schema.app = get_wsgi_application()
    return schema


everything_else = document(examples=15, corners=True).exclude(tag="动作")
actions = document(examples=15, corners=False).include(tag="动作")
quickly = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture
def orders(cast) -> Iterator[dict[str, Any]]:
    """Tokens of the people who may do most, and two orders for them to try it on.

    The server lets go of its session between requests; here the test's transaction lives on it.
    """
    agent = Api(cast.staff["agent1"])
    waiting, sent = agent.create(), agent.create(title="井盖松动", type="report")
    Api(cast.staff["dispatcher1"]).post(f"/api/v1/workorders/{sent}/dispatch", {"unit": "CG", "opinion": "请核实"})
    Api(cast.staff["liaison1"]).post(f"/api/v1/workorders/{sent}/sign")
    people = ("agent1", "dispatcher1", "reviewer1", "liaison1", "unitleader1", "director1", "operator1")
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield {"numbers": [waiting, sent], "tokens": [Api(cast.staff[name]).token for name in people], "turn": 0}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(case: Case, orders: dict[str, Any]) -> None:
    orders["turn"] += 1
    turn = orders["turn"]
    if "number" in (case.path_parameters or {}) and turn % 3:
        case.path_parameters["number"] = orders["numbers"][turn % 2]
    token = orders["tokens"][turn % len(orders["tokens"])]
    with transaction.atomic(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
        transaction.set_rollback(True)  # each example begins with the same orders
    set_scope(ALL)


@everything_else.parametrize()
@quickly
def test_it_does_as_it_says(case: Case, orders) -> None:
    ask(case, orders)


@actions.parametrize()
@quickly
def test_every_action_does_as_it_says(case: Case, orders) -> None:
    ask(case, orders)
