"""Who sits where, and what everybody is doing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from huying.calls.catalog import AgentState
from huying.calls.models import Command, SeatSession
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


@dataclass(frozen=True, slots=True)
class WantedMember:
    """How a telephone ought to stand in the switch's queues. `paused`: None leaves it as it is."""

    extension: str
    name: str
    queues: dict[str, int]  # queue -> penalty
    paused: bool | None
    reason: str


def wanted_members() -> list[WantedMember]:
    """Of all seats signed in; who rings may have been ready or busy when it began, who is about to dial gets no call."""
    found = []
    about_to_dial = set(Command.objects.filter(kind="dial", state__in=["waiting", "running"]).values_list("session_id", flat=True))
    for seat in open_seats():
        queues = {f"q{group}": level for group, level in seat.groups.items()} | {f"p{seat.staff_id}": 0}
        paused = None if seat.state == AgentState.RINGING else seat.state != AgentState.READY or seat.pk in about_to_dial
        found.append(WantedMember(seat.phone.extension, seat.staff.username, queues, paused, seat.reason or seat.state))
    return found
