"""Orders looked up from the intake page: by number, else by words."""

from datetime import timedelta

from django.db.models import Q

from huying.kernel import clock
from huying.org.policies import Actor
from huying.workorders.models import WorkOrder
from huying.workorders.policies import visible_to
from huying.workorders.queries.similar import shown

DAYS = 90
LIMIT = 10


def found_orders(actor: Actor, asked: str) -> list[WorkOrder]:
    """The order of that number, else up to LIMIT of the last 90 days whose title or place holds every word."""
    bare = asked.replace(" ", "")
    rows = shown(visible_to(actor))
    exact = list(rows.filter(Q(number=bare) | Q(external_number=bare))[:LIMIT])
    if exact:
        return exact
    rows = rows.filter(created_at__gte=clock.now() - timedelta(days=DAYS))
    for word in asked.split()[:5]:
        rows = rows.filter(Q(title__contains=word) | Q(place__contains=word))
    return list(rows.order_by("-created_at", "-id")[:LIMIT])
