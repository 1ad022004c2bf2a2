"""Buttons pressed twice, codes guessed in parallel: real connections, real commits."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from huying.audit.queries import tenant_scope
from huying.kernel.errors import Refusal
from huying.org.policies import citizen_actor
from huying.portal.models import OnlineDraft, PhoneCode
from huying.portal.operations import check_code, open_draft, send_code, send_in, urge
from huying.portal.operations.phone_codes import TRIES
from huying.workorders.models import WorkOrder
from huying.workorders.operations import NewOrder
from portal.visitor import PHONE, TEXT
from workorders.play import Play

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    import cast as stage

    return stage.build()


def together(centre, *deeds):
    """All deeds at once, each on a connection of its own that sees this centre only; refusals are results."""
    start = threading.Barrier(len(deeds))

    def one(deed):
        try:
            with tenant_scope([centre.pk]):
                start.wait(10)
                return deed()
        except Refusal as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def test_one_press_too_many_makes_one_order(cast):
    key = uuid.uuid4()
    new = NewOrder(kind="help", title="路灯不亮", content=TEXT, channel="web", phone=PHONE)

    def press():
        return send_in(actor=citizen_actor("诉求人"), draft=open_draft(cast.demo, "general", key), new=new)

    made = together(cast.demo, *[press] * 4)
    assert len({order.pk for order in made}) == 1
    assert WorkOrder.objects.count() == 1 == OnlineDraft.objects.count()


def test_parallel_guesses_get_five_tries_together(cast):
    sent = send_code(cast.demo, PHONE, address="203.0.113.5", browser="")
    wrong = f"{(int(sent.code) + 1) % 10**6:06d}"

    def guess():
        return check_code(cast.demo, PHONE, wrong, sent.key, address="203.0.113.5")

    results = together(cast.demo, *[guess] * 8)
    assert all(isinstance(result, Refusal) for result in results)
    assert PhoneCode.objects.get().tries == TRIES
    with pytest.raises(Refusal):
        check_code(cast.demo, PHONE, sent.code, sent.key, address="203.0.113.5")


def test_two_browsers_urge_once_a_day(cast):
    play = Play(cast).handling()
    deeds = [lambda: urge(actor=citizen_actor("诉求人", [play.order.pk]), number=play.number)] * 3
    results = together(cast.demo, *deeds)
    assert sum(isinstance(result, Refusal) for result in results) == 2
    assert WorkOrder.objects.get().urge_count == 1
