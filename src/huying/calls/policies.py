"""Which rows of the telephone somebody may know of."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from huying.calls.models import Block, Call, CallBack, CallerList
from huying.org.models import Centre
from huying.org.policies import Actor
from huying.org.policies.manage import managed_centres

M = TypeVar("M", bound=Model)
POOL = ("calls.answer", "calls.monitor")
BLOCKS = ("calls.nominate_block", "calls.approve_block")


def own_centres(actor: Actor) -> QuerySet[Centre]:
    """The own centre and those below it; none for a handling unit's person."""
    return managed_centres(actor)


def pool_seen_by(actor: Actor) -> QuerySet[CallBack]:
    """Agents call back for their own centre; leaders look over those below as well."""
    if actor.staff is None or not actor.may_any(POOL):
        return CallBack.objects.none()
    if actor.may("calls.monitor"):
        return CallBack.objects.filter(centre__in=own_centres(actor))
    return CallBack.objects.filter(centre_id=actor.staff.centre_id)


def open_pool(actor: Actor) -> QuerySet[CallBack]:
    """What is still to be done, or could not be."""
    rows = pool_seen_by(actor) if actor.may("calls.answer") else CallBack.objects.none()
    return rows.filter(state__in=["waiting", "dialling", "unreached"])


def blocks_seen_by(actor: Actor) -> QuerySet[Block]:
    return Block.objects.filter(centre__in=own_centres(actor)) if actor.may_any(BLOCKS) else Block.objects.none()


def settings_rows(actor: Actor, model: type[M]) -> QuerySet[M]:
    """Rows of a kind that the telephone's settings are made of: of the own centre and of those below."""
    rows = model._default_manager.all()
    return rows.filter(centre__in=own_centres(actor)) if actor.may("calls.manage") else rows.none()


def lists_of(actor: Actor) -> QuerySet[CallerList]:
    return settings_rows(actor, CallerList)


def calls_seen_by(actor: Actor) -> QuerySet[Call]:
    """All of the own centre and those below it; for whoever may see only the own ones, those he took part in and messages
    left that wait for somebody to deal with them."""
    if actor.staff is None or actor.unit_id:
        return Call.objects.none()
    rows = Call.objects.filter(centre__in=own_centres(actor))
    if actor.may("calls.view"):
        return rows
    if actor.may("calls.view_own"):
        own = Q(agent=actor.staff) | Q(last_agent=actor.staff) | Q(pk__in=actor.staff.legs.values("call"))
        return rows.filter(own | Q(pk__in=open_pool(actor).filter(voicemail__isnull=False).values("voicemail__call")))
    return rows.none()
