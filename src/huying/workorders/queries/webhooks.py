"""Subscriptions a person may manage, and the orders and calls a subscription hears of."""

from django.db.models import QuerySet

from huying.calls.models import Call
from huying.calls.policies import calls_seen_by, own_centres
from huying.org.policies import Actor
from huying.workorders.models import Webhook, WorkOrder
from huying.workorders.policies import visible_to


def managed_by(actor: Actor) -> QuerySet[Webhook]:
    """A centre's people manage their centre's subscriptions together, a unit's person their own."""
    if actor.staff is None:
        return Webhook.objects.none()
    rows = Webhook.objects.filter(centre=actor.staff.centre)
    return rows.filter(staff=actor.staff) if actor.unit_id else rows.filter(staff__unit=None)


def heard_by(actor: Actor) -> QuerySet[WorkOrder]:
    """What a subscription of this person is told of.

    Who may read the orders of the centre: just those. A system operator may not read them, but connects systems to
    them: steps (which carry no content) of the centre's tree, save of sensitive orders.
    """
    if actor.staff is None or actor.unit_id or actor.may("workorders.view_centre"):
        return visible_to(actor)
    return WorkOrder.objects.filter(centre__path__startswith=actor.staff.centre.path, is_sensitive=False)


def calls_heard_by(actor: Actor) -> QuerySet[Call]:
    """The same of calls: who may read them hears of just those, a system operator of all of the centre's tree."""
    if actor.unit_id or actor.may_any(["calls.view", "calls.view_own"]):
        return calls_seen_by(actor)
    return Call.objects.filter(centre__in=own_centres(actor))
