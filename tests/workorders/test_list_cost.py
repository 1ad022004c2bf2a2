"""What a list costs: the same few questions to the database however many rows it has, each answered from an index."""

import html
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huying.kernel import clock
from huying.workorders.models import Assignment, WorkOrder
from huying.workorders.queries.filters import Filters
from huying.workorders.queries.lists import find_desk, lanes_of
from workorders.play import Play
from workorders.test_desks import copies

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
MOST = 32  # a reviewer has six lists in the menu, each with its count
HOSTILE = '"><script>alert(1)</script>\'&'
LISTS = [
    ("supervisor1", "/orders/desk/all/"), ("reviewer1", "/orders/desk/to_review/"), ("supervisor1", "/orders/desk/overdue/"),
    ("liaison1", "/orders/desk/handling/"), ("liaison1", "/orders/desk/all/"), ("dispatcher1", "/orders/desk/to_dispatch/"),
]


def questions(client, path):
    cache.clear()  # the counts in the menu are asked anew
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(asked), answer.content.decode()


@pytest.fixture
def many(cast):
    """Tasks in the hands of a unit and orders in every list of `LISTS`."""
    play = Play(cast).handling()
    task = Assignment.objects.get(order=play.order)
    for row in copies(play, 60):
        Assignment.objects.create(
            order=row, centre=task.centre, unit=task.unit, role="main", state="handling", due_at=row.due_at,
            dispatched_at=row.created_at,
        )
    for seed, state in enumerate(("to_review", "to_dispatch"), 2):
        copies(play, 60, seed=seed, state=state)
    return play


@pytest.mark.req("R100")
@pytest.mark.parametrize(("user", "path"), LISTS)
def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(client, cast, many, user, path):
    client.force_login(cast.staff[user], backend=BACKEND)
    client.get(path)
    full, page = questions(client, path)
    assert page.count("<tr data-order") >= 30
    keep = list(WorkOrder.objects.order_by("-pk").values_list("pk", flat=True)[:2])
    WorkOrder.objects.exclude(pk__in=[*keep, many.order.pk]).update(state="draft")
    Assignment.objects.exclude(order=many.order).update(state="cancelled")
    few, page = questions(client, path)
    assert full <= few + 5, "a question for each row"  # an empty part of a page asks for less
    assert full <= MOST


def plan(lanes):
    """The plan of the first page's statement, sorting and reading through made dear so that a fitting index is taken."""
    with CaptureQueriesContext(connection) as asked:
        lanes.page(51, None)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute("EXPLAIN " + asked[-1]["sql"])
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.req("R100")
def test_a_number_leads_to_its_order_through_indexes_alone(client, cast, many):
    """How long that takes with two million orders of five years is in docs/speed.md."""
    client.force_login(cast.staff["supervisor1"], backend=BACKEND)
    address = f"/orders/search/?q={many.order.number}"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).url.endswith(f"/orders/{many.order.number}/")
    asked = [row["sql"] for row in asked if 'FROM "workorders_workorder"' in row["sql"]]
    assert 1 <= len(asked) <= 3
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for question in asked:
            cursor.execute("EXPLAIN " + question)
            said = "\n".join(row[0] for row in cursor.fetchall())
            assert "Index" in said and "Seq Scan on workorders_workorder" not in said, said


def test_a_units_list_by_due_time_is_read_from_its_index(cast, many):
    actor = cast.actor("liaison1")
    for code in ("to_sign", "handling", "overdue"):
        said = plan(lanes_of(actor, find_desk(actor, code), Filters()))
        assert "assignment_unit_due" in said and "workorders_workorder" not in said, said


def test_a_filter_on_the_order_brings_the_orders_beside_a_units_tasks(cast, many):
    actor = cast.actor("liaison1")
    desk = find_desk(actor, "handling")
    assert lanes_of(actor, desk, Filters(kind="complaint")).count() == lanes_of(actor, desk, Filters()).count() == 61
    assert lanes_of(actor, desk, Filters(kind="help")).count() == 0


@pytest.mark.parametrize(("user", "path"), [*LISTS, ("supervisor1", "/orders/search/?q=script")])
def test_rows_drawn_without_a_template_escape_what_was_typed(client, cast, many, user, path):
    WorkOrder.objects.update(title=HOSTILE, place=HOSTILE, due_at=clock.now() + timedelta(hours=1))
    many.order.unit.name = HOSTILE
    many.order.unit.save()
    cast.staff["agent2"].name = HOSTILE
    cast.staff["agent2"].save()
    WorkOrder.objects.update(holder=cast.staff["agent2"], held_until=clock.now() + timedelta(minutes=5))
    client.force_login(cast.staff[user], backend=BACKEND)
    page = client.get(path).content.decode()
    assert "<script>alert" not in page and HOSTILE not in page
    if "search" not in path:
        assert html.escape(HOSTILE) in page
