"""The telephone that stands for a citizen's in the demonstration, and what it may dial."""

from huying.calls.models import CalledNumber, Phone
from huying.org.queries import ALL, tenant_scope


def citizen_phone() -> Phone | None:
    """Of no tenant and for everybody: there is one in a demonstration, none elsewhere."""
    with tenant_scope(ALL):
        return Phone.objects.filter(kind=Phone.Kind.CITIZEN, is_active=True).order_by("extension").first()


def dialled_numbers() -> list[CalledNumber]:
    with tenant_scope(ALL):
        rows = CalledNumber.objects.filter(is_active=True)
        return sorted(rows, key=lambda row: (not row.is_outgoing, len(row.number), row.number))  # 12345 first
