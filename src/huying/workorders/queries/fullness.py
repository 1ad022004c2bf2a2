"""How full a person's lists are, for the main menu: capped, and remembered for a moment."""

from collections.abc import Callable

from django.core.cache import cache

from huying.org.policies import Actor
from huying.workorders.models import ExportRequest
from huying.workorders.queries.lanes import COUNT_MOST
from huying.workorders.queries.lists import count_of
from huying.workorders.rules.desks import DESKS

FRESH = 5
"""Seconds for which a process remembers a count; the menu asks on every page."""


def counted(code: str) -> Callable[[Actor], int | None]:
    """How many rows the desk `code` has for a person, at most a thousand."""

    def count(actor: Actor) -> int | None:
        desk = DESKS.get(("unit" if actor.unit_id else "centre", code))
        if desk is None or actor.staff is None:
            return None
        scope = f"{actor.staff.centre_id}.{actor.unit_id}"
        if desk.over in {"mine", "followed"} or not actor.may("workorders.view_sensitive"):
            scope += f".{actor.staff_id}"
        found = cache.get_or_set(f"desk.{code}.{scope}", lambda: min(count_of(actor, desk), COUNT_MOST), FRESH)
        return int(found or 0)

    return count


def waiting_exports(actor: Actor) -> int | None:
    """How many export requests wait for this person's decision, at most a hundred."""
    if actor.staff is None or not actor.may("workorders.approve_export"):
        return None
    waiting = ExportRequest.objects.filter(
        state=ExportRequest.State.PENDING, centre__path__startswith=actor.staff.centre.path
    ).exclude(requested_by=actor.staff)
    return cache.get_or_set(f"exports.{actor.staff_id}", lambda: waiting[:100].count(), FRESH)
