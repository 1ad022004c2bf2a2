"""Named filters of one person."""

from urllib.parse import urlencode

from huying.org.policies import Actor
from huying.workorders.models import SavedFilter


def saved_filters(actor: Actor, desk: str) -> list[tuple[SavedFilter, str]]:
    """The person's filters of a desk, each with its query string."""
    rows = SavedFilter.objects.filter(staff=actor.staff, desk=desk)
    return [(row, urlencode(row.query, doseq=True)) for row in rows]
