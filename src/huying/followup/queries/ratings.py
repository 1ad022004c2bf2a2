"""Ratings a person may look through."""

from django.db.models import QuerySet

from huying.followup.models import Rating
from huying.org.policies import Actor
from huying.workorders.policies import visible_to


def ratings_seen_by(actor: Actor) -> QuerySet[Rating]:
    """Of the orders the person may know of; nobody's without the right."""
    if not actor.may("followup.view"):
        return Rating.objects.none()
    return Rating.objects.filter(order__in=visible_to(actor).values("pk")).select_related("order__unit")
