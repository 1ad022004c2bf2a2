"""Messages between people, and the shift log."""

from dataclasses import dataclass

from django.db.models import Q

from huying.calls.models import ShiftNote, StaffMessage
from huying.org.models import Staff
from huying.org.policies import Actor
from huying.org.policies.manage import managed_centres

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Partner:
    staff: Staff
    unread: int
    last: StaffMessage


def unread_count(staff: Staff) -> int:
    return StaffMessage.objects.filter(receiver=staff, read_at=None)[:100].count()


def partners_of(staff: Staff) -> list[Partner]:
    """With whom this person has written, the newest first."""
    rows = StaffMessage.objects.filter(Q(sender=staff) | Q(receiver=staff)).select_related("sender", "receiver")[:1000]
    found: dict[int, Partner] = {}
    for row in rows:
        other = row.receiver if row.sender_id == staff.pk else row.sender
        unread = int(row.receiver_id == staff.pk and row.read_at is None)
        known = found.get(other.pk)
        found[other.pk] = Partner(other, (known.unread if known else 0) + unread, known.last if known else row)
    return list(found.values())


def between(one: Staff, other: Staff) -> list[StaffMessage]:
    """The newest at the end."""
    rows = StaffMessage.objects.filter(Q(sender=one, receiver=other) | Q(sender=other, receiver=one)).select_related("sender")
    return list(reversed(rows[:SHOWN]))


def shift_log(actor: Actor) -> list[ShiftNote]:
    return list(ShiftNote.objects.filter(centre__in=managed_centres(actor)).select_related("staff")[:SHOWN])
