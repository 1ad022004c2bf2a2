"""Calls told to those outside who have subscribed ("call.entered" …, "call.*"): which call did what, never whose number."""

import json
from datetime import datetime
from typing import Any

from django.db.models import Q
from procrastinate.contrib.django import app

from huying.calls.models import Call, Leg
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.policies import staff_actor
from huying.workorders.models import Delivery, Webhook
from huying.workorders.operations.webhooks.subscribe import CALL_EVENTS, EVERY_CALL
from huying.workorders.operations.webhooks.tell import DELIVER_TASK, QUEUE, listeners
from huying.workorders.queries.webhooks import calls_heard_by

SPREAD_TASK = "huying.workorders.tasks.spread_call_event"
MOMENTS = {"call.entered": "entered_at", "call.ended": "ended_at"}
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
    return actor.may("workorders.webhooks") and calls_heard_by(actor).filter(pk=call.pk).exists()


def made_for(webhook: Webhook, call: Call, kind: str, staff_id: int) -> Delivery:
    row = Delivery(
        webhook=webhook, centre_id=webhook.centre_id, event_id=event_number(call.pk, kind, staff_id), kind=kind,
        number=str(call.pk), created_at=clock.now(),
    )
    at, staff = moment_of(call, kind, staff_id)
    row.body = json.dumps({
        "id": str(row.key), "event": kind, "at": at.astimezone(SHANGHAI).isoformat(timespec="milliseconds"),
        "call": call.pk, "direction": str(call.direction), "called": call.called, "outcome": str(call.outcome),
        "group": call.group.code if call.group else None, "agent": call.agent.username if call.agent else None,
        "staff": staff, "url": f"/api/v1/calls/{call.pk}",
    }, ensure_ascii=False, separators=(",", ":"))
    return row


def moment_of(call: Call, kind: str, staff_id: int) -> tuple[datetime, str | None]:
    """When it happened, and at whose seat it rang or was answered. Deliveries may overtake each other: receivers order by it."""
    if kind in MOMENTS:
        return getattr(call, MOMENTS[kind]) or clock.now(), None
    name = "offered_at" if kind == "call.rang" else "answered_at"
    legs = Leg.objects.filter(call=call, staff=staff_id or None, **{f"{name}__isnull": False})
    leg = legs.select_related("staff").order_by(name).first()
    return (getattr(leg, name), leg.staff.username if leg.staff else None) if leg else (clock.now(), None)


def event_number(call_id: int, kind: str, staff_id: int) -> int:
    return -((call_id * len(CALL_EVENTS) + CALL_EVENTS.index(kind)) * PLACES + staff_id % PLACES + 1)
