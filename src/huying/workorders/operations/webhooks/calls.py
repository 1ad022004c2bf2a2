"""Calls told to those outside who have subscribed ("call.entered" …, "call.*"): which call did what, never whose number."""

import json
from typing import Any

from django.db.models import Q
from procrastinate.contrib.django import app

from huying.calls.models import Call
from huying.calls.policies import calls_seen_by
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.policies import staff_actor
from huying.workorders.models import Delivery, Webhook
from huying.workorders.operations.webhooks.subscribe import CALL_EVENTS, EVERY_CALL
from huying.workorders.operations.webhooks.tell import DELIVER_TASK, QUEUE, listeners

SPREAD_TASK = "huying.workorders.tasks.spread_call_event"
PLACES = 100_000
"""Room for the persons a call rang at; the number of an event of a call is negative, so it never meets an order's."""


def announce_call(kind: str, call_id: int, centre_id: int, staff_id: int = 0) -> None:
    """In the transaction that learns of it: one look whether anybody listens, and if so one job."""
    wanted = Q(events__contains=[kind]) | Q(events__contains=[EVERY_CALL])
    listening: Any = list(Webhook.objects.filter(wanted, is_active=True).values_list("pk", flat=True))
    if listening:
        app.configure_task(SPREAD_TASK, queue=QUEUE).defer(call_id=call_id, kind=kind, staff_id=staff_id, webhooks=listening)


def spread_call(*, call_id: int, kind: str, staff_id: int, webhooks: list[int]) -> int:
    """A delivery for each subscription that may know of the call; how many. Run under scope ALL, safe to run twice."""
    call = Call.objects.select_related("centre", "group", "agent").filter(pk=call_id).first()
    if call is None:
        return 0
    made = [made_for(row, call, kind, staff_id) for row in listeners(webhooks) if may_hear(row, call)]
    Delivery.objects.bulk_create(made, ignore_conflicts=True)
    keys = [one.key for one in made]
    jobs: list[dict[str, Any]] = [{"delivery_id": pk} for pk in Delivery.objects.filter(key__in=keys).values_list("pk", flat=True)]
    if jobs:
        app.configure_task(DELIVER_TASK, queue=QUEUE).batch_defer(*jobs)
    return len(jobs)


def may_hear(webhook: Webhook, call: Call) -> bool:
    actor = staff_actor(webhook.staff, scopes=webhook.scopes)
    return actor.may("workorders.webhooks") and calls_seen_by(actor).filter(pk=call.pk).exists()


def made_for(webhook: Webhook, call: Call, kind: str, staff_id: int) -> Delivery:
    row = Delivery(
        webhook=webhook, centre_id=webhook.centre_id, event_id=event_number(call.pk, kind, staff_id), kind=kind,
        number=str(call.pk), created_at=clock.now(),
    )
    row.body = json.dumps({
        "id": str(row.key), "event": kind, "at": clock.now().astimezone(SHANGHAI).isoformat(timespec="milliseconds"),
        "call": call.pk, "direction": str(call.direction), "called": call.called, "outcome": str(call.outcome),
        "group": call.group.code if call.group else None, "agent": call.agent.username if call.agent else None,
        "url": f"/api/v1/calls/{call.pk}",
    }, ensure_ascii=False, separators=(",", ":"))
    return row


def event_number(call_id: int, kind: str, staff_id: int) -> int:
    return -((call_id * len(CALL_EVENTS) + CALL_EVENTS.index(kind)) * PLACES + staff_id % PLACES + 1)
