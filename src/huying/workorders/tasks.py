"""What runs later or on a beat."""

from procrastinate.contrib.django import app

from huying.org.queries import ALL, tenant_scope
from huying.workorders.operations import ring
from huying.workorders.operations import webhooks as subscriptions
from huying.workorders.operations.webhooks.calls import spread_call


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="ring_clocks", pass_context=False)
def ring_clocks(timestamp: int) -> None:
    """Every ten seconds: let the clocks strike that are due. Several workers may run it at once."""
    with tenant_scope(ALL):
        while ring():
            pass


@app.task(queue="webhooks", pass_context=False)
def spread_event(event_id: int, kind: str, webhooks: list[int]) -> None:
    """One step of one order: a delivery for every subscription that may know of it."""
    with tenant_scope(ALL):
        subscriptions.spread(event_id=event_id, kind=kind, webhooks=webhooks)


@app.task(queue="webhooks", pass_context=False)
def spread_call_event(call_id: int, kind: str, staff_id: int, webhooks: list[int]) -> None:
    """One moment of one call, likewise."""
    with tenant_scope(ALL):
        spread_call(call_id=call_id, kind=kind, staff_id=staff_id, webhooks=webhooks)


@app.task(queue="webhooks", pass_context=False)
def deliver_webhook(delivery_id: int) -> None:
    """One try of one delivery; a failed one plans the next itself."""
    with tenant_scope(ALL):
        subscriptions.deliver(delivery_id)
