"""From a step in an order's life to the deliveries it causes.

In the transaction of the step: one look whether anybody listens, and if so one job. Who of the listeners may know of
the order is decided by the job, which sees all tenants; the step's own connection does not.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from huying.audit.models import Event
from huying.audit.queries import quick
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.models import Staff
from huying.org.policies import staff_actor
from huying.workorders.events import OrderCreated, OrderMoved
from huying.workorders.models import Delivery, Webhook, WorkOrder
from huying.workorders.operations.webhooks.subscribe import CREATED
from huying.workorders.queries.webhooks import heard_by

QUEUE = "webhooks"
SPREAD_TASK = "huying.workorders.tasks.spread_event"
DELIVER_TASK = "huying.workorders.tasks.deliver_webhook"


def announce(step: OrderCreated | OrderMoved) -> None:
    """Inside the transaction of the step: no commit, no delivery; committed, and the worker sees to it."""
    kind = step.action if isinstance(step, OrderMoved) else CREATED
    row = quick("SELECT webhooks_for(%s, %s)", [step.order_id, kind])
    if row and (listening := row[0]):
        app.configure_task(SPREAD_TASK, queue=QUEUE).defer(event_id=step.event_id, kind=kind, webhooks=listening)


@transaction.atomic
def spread(*, event_id: int, kind: str, webhooks: Sequence[int]) -> int:
    """Write a delivery for each subscription that may know of the order; how many there are. Run under scope ALL."""
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        return 0
    made = [one for one in (made_for(row, event, kind) for row in listeners(webhooks)) if one]
    Delivery.objects.bulk_create(made, ignore_conflicts=True)  # the job may run twice
    keys = [one.key for one in made]
    jobs: list[dict[str, Any]] = [{"delivery_id": pk} for pk in Delivery.objects.filter(key__in=keys).values_list("pk", flat=True)]
    if jobs:
        app.configure_task(DELIVER_TASK, queue=QUEUE).batch_defer(*jobs)
    return len(jobs)


def listeners(webhooks: Sequence[int]) -> list[Webhook]:
    rows = Webhook.objects.filter(pk__in=webhooks, is_active=True)
    return list(rows.select_related("staff__centre", "staff__unit"))


def made_for(webhook: Webhook, event: Event, kind: str) -> Delivery | None:
    """The delivery, unless the order is none of the subscriber's business."""
    staff: Staff = webhook.staff
    actor = staff_actor(staff, scopes=webhook.scopes)
    if not actor.may("workorders.webhooks"):
        return None
    order = heard_by(actor).select_related("unit").filter(pk=event.stream_id).first()
    if order is None:
        return None
    row = Delivery(
        webhook=webhook, centre_id=webhook.centre_id, event_id=event.pk, kind=kind, number=order.number,
        created_at=clock.now(),
    )
    row.body = body_of(row, order, event)
    return row


def body_of(delivery: Delivery, order: WorkOrder, event: Event) -> str:
    """What is sent: which step of which order, and no word of what anybody wrote. The rest is read through the API."""
    return json.dumps({
        "id": str(delivery.key), "event": delivery.kind, "at": event.at.astimezone(SHANGHAI).isoformat(timespec="milliseconds"),
        "number": order.number, "seq": event.seq, "before": event.before, "after": event.after, "state": str(order.state),
        "type": str(order.kind), "urgency": str(order.urgency), "unit": order.unit.code if order.unit else None,
        "due_at": order.due_at.astimezone(SHANGHAI).isoformat(timespec="milliseconds") if order.due_at else None,
        "url": f"/api/v1/workorders/{order.number}",
    }, ensure_ascii=False, separators=(",", ":"))
