"""Where a call goes: rules in their order, the last agent first, blocked callers, and who may ask at all."""

import json
from datetime import time, timedelta
from time import process_time

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from calls.exchange import CALLER, hash_of
from huying.calls.catalog import AgentState
from huying.calls.models import (
    Block,
    CalledNumber,
    CallerList,
    Flow,
    FlowVersion,
    ListedCaller,
    PhoneSetting,
    RouteRule,
)
from huying.calls.rules.route import Caller, Rule, decide, within
from huying.citizens.models import Caller as KnownCaller
from huying.kernel import clock
from huying.workorders.catalog import Urgency
from huying.workorders.models import WorkOrder
from workorders.play import Play


def ask(settings, *, caller: str = CALLER, called: str = "12345", **more: str) -> dict:
    answer = Client().post(reverse("calls:route"), {"called": called, "caller": caller, "key": settings.SWITCH_WEB_KEY, **more})
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


PLAIN = {"flow": "", "queue": "", "priority": 0, "last": "", "blocked": False, "refuse": ""}


@pytest.mark.django_db
def test_only_the_switch_on_this_machine_is_answered(exchange, settings):
    path, key = reverse("calls:route"), settings.SWITCH_WEB_KEY
    data = {"called": "12345", "caller": CALLER}
    assert Client().post(path, data).status_code == 404
    assert Client().post(path, {**data, "key": key[:-1]}).status_code == 404
    assert Client().post(path, {**data, "key": "错"}).status_code == 404
    assert Client().get(path, {**data, "key": key}).status_code == 404
    assert Client(REMOTE_ADDR="10.1.2.3").post(path, {**data, "key": key}).status_code == 404
    assert Client(headers={"X-Forwarded-For": "10.1.2.3"}).post(path, {**data, "key": key}).status_code == 404
    assert Client(enforce_csrf_checks=True).post(path, {**data, "key": key}).status_code == 200
    assert Client(headers={"X-Switch-Key": key}).post(path, data).status_code == 200


@pytest.mark.django_db
def test_a_number_nobody_knows_gets_no_answer_of_its_own(exchange, settings):
    assert ask(settings, called="999") == PLAIN
    assert ask(settings, called="", caller="") == PLAIN
    assert ask(settings, called="12345' OR 1=1", caller="\x00'; DROP") == PLAIN
    assert ask(settings, called="\x0012345", caller="٣٤٥😀") == PLAIN


@pytest.mark.django_db
@pytest.mark.req("R203")
def test_the_first_rule_that_fits_decides(exchange, settings):
    centre, groups = exchange.centre, exchange.groups
    enterprises = CallerList.objects.create(centre=centre, code="enterprise", name="企业")
    ListedCaller.objects.create(centre=centre, list=enterprises, number=CALLER, number_hash=hash_of(CALLER))
    RouteRule.objects.create(centre=centre, name="属地", order=30, prefixes=["1390770"], priority=2)
    RouteRule.objects.create(centre=centre, name="企业", order=20, caller_list=enterprises, group=groups["enterprise"], priority=5)
    off = RouteRule.objects.create(centre=centre, name="停用", order=10, group=groups["general"], is_active=False)
    assert ask(settings) == {**PLAIN, "queue": groups["enterprise"].queue, "priority": 5}
    assert ask(settings, caller="+86 139-0770-1234")["queue"] == groups["enterprise"].queue
    assert ask(settings, caller="13907709999") == {**PLAIN, "priority": 2}
    assert ask(settings, caller="02087654321") == PLAIN
    off.is_active = True
    off.save()
    assert ask(settings)["queue"] == groups["general"].queue


@pytest.mark.django_db
@pytest.mark.req("R202")
def test_labels_and_called_numbers_choose_too(exchange, settings):
    centre, groups = exchange.centre, exchange.groups
    old = CalledNumber.objects.create(centre=centre, number="07702812345", name="代表号", group=groups["general"])
    RouteRule.objects.create(centre=centre, name="代表号", order=1, called=old, group=groups["enterprise"])
    RouteRule.objects.create(centre=centre, name="老人", order=2, labels=["高龄", "独居"], group=groups["general"], priority=99)
    KnownCaller.objects.create(centre=centre, phone=CALLER, phone_hash=hash_of(CALLER), labels=["独居"])
    assert ask(settings, called="07702812345")["queue"] == groups["enterprise"].queue
    assert ask(settings) == {**PLAIN, "queue": groups["general"].queue, "priority": 10}
    assert ask(settings, caller="13907709999") == PLAIN


@pytest.mark.django_db
@pytest.mark.req("R203")
def test_a_desk_of_ones_own_is_asked_first_while_somebody_sits_there(exchange, settings):
    agent2 = exchange.cast.staff["agent2"]
    RouteRule.objects.create(centre=exchange.centre, name="专席", desk=agent2, group=exchange.groups["enterprise"])
    assert ask(settings) == {**PLAIN, "queue": exchange.groups["enterprise"].queue}
    exchange.sit("agent2")
    assert ask(settings) == {**PLAIN, "queue": exchange.groups["enterprise"].queue, "last": f"p{agent2.pk}"}


@pytest.mark.django_db
def test_who_has_a_place_of_his_own_is_not_asked_for_keys(exchange, settings):
    flow = Flow.objects.create(centre=exchange.centre, name="导航")
    flow.published = FlowVersion.objects.create(centre=exchange.centre, flow=flow, number=3, graph={}, published_at=clock.now())
    flow.save()
    CalledNumber.objects.update(flow=flow)
    assert ask(settings) == {**PLAIN, "flow": f"f{flow.pk}v3"}
    RouteRule.objects.create(centre=exchange.centre, name="老人", prefixes=["139"], group=exchange.groups["general"])
    assert ask(settings)["flow"] == ""
    assert ask(settings, caller="13807701234")["flow"] == f"f{flow.pk}v3"


@pytest.mark.django_db
@pytest.mark.req("R214")
def test_the_last_agent_is_asked_first_within_a_day_and_only_when_signed_in(exchange, settings):
    agent1, agent2 = (exchange.cast.staff[name].pk for name in ("agent1", "agent2"))
    exchange.call(agent="agent2", ago=timedelta(hours=30))
    exchange.sit("agent2", "8002", AgentState.TALKING)
    assert ask(settings)["last"] == ""
    exchange.call(agent="agent2", ago=timedelta(hours=20))
    assert ask(settings)["last"] == f"p{agent2}"
    exchange.call(agent="agent1", ago=timedelta(hours=2))
    assert ask(settings)["last"] == ""  # agent1 was the last and is not there: nobody else is "the last"
    exchange.sit("agent1")
    assert ask(settings)["last"] == f"p{agent1}"
    assert ask(settings, caller="13907709999")["last"] == ask(settings, caller="")["last"] == ""
    PhoneSetting.objects.update(last_agent_hours=1)
    assert ask(settings)["last"] == ""
    PhoneSetting.objects.update(last_agent_hours=24, last_agent_seconds=0)
    assert ask(settings)["last"] == ""


def block(exchange, state: str = "active", *, days: int = 1) -> Block:
    now = clock.now()
    return Block.objects.create(
        centre=exchange.centre, number=CALLER, number_hash=hash_of(CALLER), state=state, reason="反复骚扰", nominated_at=now,
        nominated_by=exchange.cast.staff["leader1"], begins_at=now - timedelta(days=2), ends_at=now + timedelta(days=days),
    )


@pytest.mark.django_db
@pytest.mark.req("R216")
def test_a_blocked_caller_is_kept_out_until_the_end_date(exchange, settings):
    row = block(exchange)
    assert ask(settings) == {**PLAIN, "blocked": True}
    assert not ask(settings, caller="13907709999")["blocked"]
    Block.objects.filter(pk=row.pk).update(ends_at=clock.now() - timedelta(seconds=1))
    assert not ask(settings)["blocked"]  # even before the worker has written "expired"
    for state in ("nominated", "rejected", "lifted", "expired"):
        Block.objects.filter(pk=row.pk).update(state=state, ends_at=clock.now() + timedelta(days=1))
        assert not ask(settings)["blocked"]


@pytest.mark.django_db
@pytest.mark.req("R216")
@pytest.mark.parametrize(("urgency", "blocked"), [(Urgency.URGENT, False), (Urgency.CRITICAL, False), (Urgency.NORMAL, True)])
def test_a_blocked_caller_with_an_urgent_order_gets_through(exchange, settings, urgency, blocked):
    block(exchange)
    order = Play(exchange.cast).handling().order
    order.contact.phone = CALLER
    order.contact.set_hashes()
    order.contact.save()
    WorkOrder.objects.filter(pk=order.pk).update(urgency=urgency)
    assert ask(settings)["blocked"] is blocked
    WorkOrder.objects.filter(pk=order.pk).update(state="closed")
    assert ask(settings)["blocked"] is True


@pytest.mark.django_db
def test_an_answer_takes_few_queries_and_milliseconds(exchange, settings, django_assert_max_num_queries):
    exchange.call(agent="agent1")
    exchange.sit("agent1")
    for place in range(30):
        RouteRule.objects.create(
            centre=exchange.centre, name=f"规则 {place}", prefixes=[f"15{place:02}"], desk=exchange.cast.staff["agent2"]
        )
    ask(settings)
    with django_assert_max_num_queries(11):  # two of them open and close the tenants' wall
        ask(settings)
    took = []
    for _ in range(20):
        began = process_time()
        ask(settings)
        took.append(process_time() - began)
    assert sorted(took)[10] < 0.05, took  # of our own time; the switch waits a second


@given(st.times(), st.none() | st.times(), st.none() | st.times())
def test_a_span_and_its_complement_cover_the_day_once(at, begins, ends):
    if begins is None or ends is None or begins == ends:
        return
    assert within(at, begins, ends) != within(at, ends, begins)


def test_spans_over_midnight_and_with_open_ends():
    assert within(time(23, 30), time(22), time(6)) and within(time(5, 59), time(22), time(6))
    assert not within(time(6), time(22), time(6)) and not within(time(12), time(22), time(6))
    assert within(time(8), time(8), None) and not within(time(7, 59), time(8), None)
    assert within(time(0), None, time(8)) and not within(time(8), None, time(8))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_of_many_rules_that_fit_the_first_counts(numbers):
    rules = [Rule(called=number or None, queue=f"q{place}") for place, number in enumerate(numbers)]
    answer = decide(rules, Caller("139"), called=1, at=time(9), flow="", last="", blocked=False, excused=False)
    fitting = [place for place, number in enumerate(numbers) if number in {0, 1}]
    assert answer.queue == (f"q{fitting[0]}" if fitting else "")
