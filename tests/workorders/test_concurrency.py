"""Two people, a double click, several workers: exactly one effect. Real connections, real commits."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from huying.audit.models import Event
from huying.audit.queries import ALL, tenant_scope, verify
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.workorders.models import Clock, WorkOrder
from huying.workorders.operations import NewOrder, act, create_order, ring
from huying.workorders.queries import AlreadyDone
from workorders.play import Play

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    import cast as stage

    return stage.build()


def together(*deeds):
    """Run all deeds at once, each on its own connection; the results, exceptions included."""
    start = threading.Barrier(len(deeds))

    def one(deed):
        try:
            with tenant_scope(ALL):
                start.wait(10)
                return deed()
        except Refusal as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def test_two_people_sign_at_once(cast):
    play = Play(cast).dispatched()
    people = [cast.actor("liaison1"), cast.actor("unitleader1")]
    results = together(*(lambda who=who: act(actor=who, number=play.number, code="sign", data={}) for who in people))
    refused = [result for result in results if isinstance(result, AlreadyDone)]
    assert len(refused) == 1 and "签收" in refused[0].message
    assert Event.objects.filter(stream_id=play.order.pk, kind="sign").count() == 1


def test_a_double_click_is_one_step(cast):
    play = Play(cast).handling()
    actor = cast.actor("agent1")  # one request id
    urge = {"note": "再催一次"}
    results = together(*[lambda: act(actor=actor, number=play.number, code="urge", data=urge)] * 4)
    assert all(isinstance(result, WorkOrder) for result in results)
    assert WorkOrder.objects.get(pk=play.order.pk).urge_count == 1


@pytest.mark.req("R286")
def test_several_workers_share_the_clocks_without_doubling(cast):
    plays = [Play(cast).dispatched() for _ in range(6)]
    late = max(play.task("CG").sign_due_at for play in plays)

    with clock.frozen(late):  # for all threads at once: each on its own would put back another's time
        struck = together(ring, ring, ring)
    assert sum(struck) >= 6
    for play in plays:
        assert Event.objects.filter(stream_id=play.order.pk, kind="sign").count() == 1
        assert Clock.objects.get(order=play.order, kind="sign").state == Clock.State.MISSED


def test_numbers_are_unique_under_concurrency(cast):
    def create():
        new = NewOrder(kind="help", title="停水了", content="整栋楼从早上开始停水")
        return [create_order(actor=cast.actor("agent1"), centre=cast.demo, new=new).number for _ in range(5)]

    numbers = [number for batch in together(*[create] * 6) for number in batch]
    assert len(set(numbers)) == 30
    assert list(verify()) == []
