"""Which calls somebody may write an order from."""

from uuid import NAMESPACE_OID, UUID, uuid5

from django.db.models import Q, QuerySet
from django.urls import reverse

from huying.calls.models import Call
from huying.calls.policies import open_pool
from huying.org.policies import Actor


def calls_taken_by(actor: Actor) -> QuerySet[Call]:
    """Calls this person answered, dialled or has in hand, and those in the pool that are to be called back; for whoever
    may see all calls, all of the own centre."""
    if actor.staff is None:
        return Call.objects.none()
    rows = Call.objects.filter(centre_id=actor.staff.centre_id)
    if actor.may("calls.view"):
        return rows
    own = Q(agent=actor.staff) | Q(last_agent=actor.staff) | Q(legs__staff=actor.staff)
    own |= Q(call_backs__taken_by=actor.staff) | Q(call_backs__in=open_pool(actor))
    return rows.filter(own).distinct()


def form_address(actor: Actor, call: Call) -> str:
    """Where the phone bar sends whoever takes this call; "" for people who write no orders."""
    return reverse("desk:call", args=[call.pk]) if actor.may("workorders.intake") else ""


def form_key(call: Call, staff_id: int) -> UUID:
    """The key of the one form that this person fills in for this call: opened twice, it is the same form."""
    return uuid5(NAMESPACE_OID, f"huying call {call.pk} {call.linkedid} {staff_id}")
