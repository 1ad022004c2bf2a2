"""Every route asked as every role, as a visitor and as the other tenant's people; the table is permission_rows.py."""

import json
import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cast import Cast
from huying.audit.models import Access
from huying.audit.queries import ALL, set_scope
from huying.config.api import api
from huying.org.operations import issue_token
from permission_row import EVERYBODY, LET_IN, Row
from permission_rows import API, SEES, TABLE

BACKEND = "django.contrib.auth.backends.ModelBackend"
ROLES = EVERYBODY.split()
STRANGERS = {"agent1@OTHER": "agent1", "director1@OTHER": "director1"}
PEOPLE = [*ROLES, *STRANGERS]


@pytest.fixture(autouse=True)
def _quiet():
    """Thousands of requests, most of them refused: their log lines would bury the one that matters."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def routes(resolver: URLResolver | None = None, namespaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The full name of every page's route; one without a name by its pattern. REST routes are listed by `api_routes`."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield ":".join([*namespaces, entry.name]) if entry.name else str(entry.pattern)
        elif entry.namespace != "api":
            yield from routes(entry, (*namespaces, entry.namespace) if entry.namespace else namespaces)


def api_routes() -> Iterator[str]:
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                yield from (f"{method} {prefix}{path}" for method in operation.methods)


@pytest.mark.req("R251")
def test_every_route_is_in_the_table():
    missing = sorted({*routes(), *api_routes()} - {*TABLE, *API})
    assert not missing, f"add a line to tests/permission_rows.py (telephone: permission_telephone.py) for: {', '.join(missing)}"


def test_the_table_holds_no_route_that_is_gone():
    gone = sorted({*TABLE, *API} - {*routes(), *api_routes()})
    assert not gone, f"take out of tests/permission_rows.py: {', '.join(gone)}"


def expected(row: Row, name: str) -> int:
    """What the table promises this person."""
    if name == "":
        return row.anonymous
    if name in STRANGERS:
        name = "" if row.args and not row.shared else STRANGERS[name]
    return row.status if name in row.who else row.refused


class Asker:
    """Asks addresses as one person after the other, each time taking back what the answer changed."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.made, self.cookies, self.tokens = cast, {}, {}, {}
        for name in PEOPLE:
            client = Client()
            client.force_login(cast.staff[name], backend=BACKEND)
            self.cookies[name] = {key: morsel.value for key, morsel in client.cookies.items()}
            self.tokens[name] = issue_token(cast.staff[name])[0]

    def args(self, row: Row) -> dict[str, object]:
        for maker in row.args.values():
            if callable(maker) and maker not in self.made:
                self.made[maker] = maker(self.cast)
        return {key: self.made[value] if callable(value) else value for key, value in row.args.items()}

    def page(self, name: str, row: Row, path: str) -> tuple[int, bool]:
        """(status, whether a refusal of this path is on record)."""
        client = Client(raise_request_exception=False)
        client.cookies.load(self.cookies.get(name, {}))
        return self._ask(name, lambda: client.generic(
            row.method, path, "&".join(f"{key}={value}" for key, value in row.data.items()),
            content_type="application/x-www-form-urlencoded",
        ), path)

    def rest(self, name: str, method: str, row: Row, path: str) -> tuple[int, bool]:
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} if name else {}
        client = Client(raise_request_exception=False, headers=headers)
        return self._ask(name, lambda: client.generic(method, path, json.dumps(row.data), "application/json"), path)

    def _ask(self, name: str, ask, path: str) -> tuple[int, bool]:
        with transaction.atomic():
            set_scope([])
            status = ask().status_code
            set_scope(ALL)
            actor = self.cast.staff[name].pk if name else None
            noted = Access.objects.filter(kind=Access.Kind.REFUSED, actor_id=actor, path=path.partition("?")[0]).exists()
            transaction.set_rollback(True)
        set_scope(ALL)
        return status, noted


def complaints(name: str, who: str, row: Row, status: int, noted: bool) -> Iterator[str]:
    wanted = expected(row, who)
    if wanted == LET_IN:
        if status in {401, 403, 404} or status >= 500:
            yield f"{name} as {who}: {status}, but should be let in"
    elif status != wanted and not (row.status == LET_IN and {status, wanted} == {403, 404}):
        yield f"{name} as {who or 'visitor'}: {status} instead of {wanted}"
    elif who and status in {403, 404} and row.recorded and not noted:
        yield f"{name} as {who}: refused without a record"


def told(wrong: list[str]) -> str:
    """The first forty; a broken middleware fails them all."""
    return "\n".join([f"{len(wrong)} of the table's promises are broken", *wrong[:40]])


@pytest.mark.req("R207", "R251", "R252")
@pytest.mark.django_db
def test_pages(cast):
    asker, wrong = Asker(cast), []
    for name, row in TABLE.items():
        path = reverse(name, kwargs=asker.args(row))
        for who in ["", *PEOPLE]:
            wrong += complaints(name, who, row, *asker.page(who, row, path))
    assert not wrong, told(wrong)


@pytest.mark.req("R207", "R251", "R252")
@pytest.mark.django_db
def test_rest(cast):
    asker, wrong = Asker(cast), []
    for name, row in API.items():
        method, pattern = name.split(" ", 1)
        path = "/api/v1" + pattern.replace("{int:", "{").format(**asker.args(row))
        for who in ["", *PEOPLE]:
            status, noted = asker.rest(who, method, row, path)
            wrong += complaints(name, who, row, status, noted)
            if "{number}" in pattern and status == 403 and who not in SEES.split():
                wrong.append(f"{name} as {who}: 403 says that the order exists")
    assert not wrong, told(wrong)
