"""Who sits where, and what everybody is doing."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from huying.calls.catalog import AgentState
from huying.calls.models import SeatSession
from huying.org.models import Staff


def seat_of(staff: Staff) -> SeatSession | None:
    """The seat this person is signed in to."""
    return open_seats().filter(staff=staff).first()


def seat_at(extension: str, at: datetime) -> SeatSession | None:
    """Who sat at this telephone at that moment."""
    rows = SeatSession.objects.select_related("staff", "phone").filter(phone__extension=extension, started_at__lte=at)
    return rows.filter(Q(ended_at=None) | Q(ended_at__gt=at)).order_by("-started_at").first()


def open_seats(centres: Iterable[int] | None = None) -> QuerySet[SeatSession]:
    """All seats signed in, of `centres` (none told: all that the connection may see)."""
    rows = SeatSession.objects.filter(ended_at=None).select_related("staff", "phone", "call").order_by("phone__extension")
    return rows if centres is None else rows.filter(centre_id__in=list(centres))


def counts(seats: Iterable[SeatSession]) -> dict[str, int]:
    """How many are in each state; every state is named."""
    found = {str(state): 0 for state in AgentState if state != AgentState.OFFLINE}
    for seat in seats:
        found[seat.state] += 1
    return found
