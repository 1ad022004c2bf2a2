"""Several at once on one order through the API: exactly one effect, and the others are told."""

import threading

import pytest
from caller import ORDERS, Api
from django.db import connections

from huying.audit.models import Event
from huying.workorders.models import Assignment, WorkOrder

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls):
    """Make all calls at the same moment, each on a session of its own; their answers."""
    answers, gate = [], threading.Barrier(len(calls))

    def one(call) -> None:
        try:
            gate.wait()
            answers.append(call())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(call,)) for call in calls]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return answers


def test_many_dispatch_and_one_does(cast):
    number = Api(cast.staff["agent1"]).create()
    tokens = [Api(cast.staff[name]).token for name in ("dispatcher1", "leader1", "reviewer1")]
    units = ("CG", "ZJ", "SW")

    def dispatch(token: str, unit: str):
        return lambda: Api(token=token).post(f"{ORDERS}/{number}/dispatch", {"unit": unit, "opinion": "请核实"})

    answers = at_once([dispatch(token, unit) for token in tokens for unit in units])
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 8
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_done"}
    assert Assignment.objects.count() == 1 and Event.objects.filter(kind="dispatch").count() == 1


def test_one_key_eight_times_is_one_urge(cast):
    number = Api(cast.staff["agent1"]).create()
    token = Api(cast.staff["agent1"]).token
    answers = at_once([
        lambda: Api(token=token).post(f"{ORDERS}/{number}/urge", {"note": "再次来电"}, Idempotency_Key="same")
    ] * 8)
    assert [answer.status_code for answer in answers] == [200] * 8
    assert WorkOrder.objects.get().urge_count == 1


def test_numbers_and_callers_stay_apart(cast):
    """Orders of one caller at the same moment: numbers of their own, one caller, every history whole."""
    token = Api(cast.staff["agent1"]).token
    numbers = at_once([lambda: Api(token=token).create()] * 8)
    assert len(set(numbers)) == 8
    orders = list(WorkOrder.objects.all())
    assert {order.number for order in orders} == set(numbers) and len({order.caller_id for order in orders}) == 1
    for order in orders:
        event = Event.objects.get(stream="order", stream_id=order.pk)
        assert (order.event_seq, bytes(order.event_head)) == (1, bytes(event.hash))
        assert order.clocks.count() == 2 and order.due_at == order.clocks.get(kind="review").due_at
