"""Who looked at an order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from huying.audit.models import Access
from huying.citizens.models import Contact
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor
from huying.workorders.models import WorkOrder

LOOKS = 30


@dataclass(frozen=True, slots=True)
class Look:
    """What one person did with one thing of an order for one reason: when last, and how often."""

    at: datetime
    who: str
    what: str
    reason: str
    times: int


def looks(actor: Actor, order: WorkOrder) -> list[Look]:
    """Who looked at what, the last first, for those who may read that (R154). A page opened often is one row."""
    if not actor.may("audit.read"):
        return []
    rows = Access.objects.filter(stream="order", stream_id=order.pk).order_by()
    told = rows.values_list("actor_name", "kind", "field", "reason").annotate(at=Max("at"), times=Count("id")).order_by("-at")
    return [
        Look(at, who, f"{Access.Kind(kind).label} {Contact.SECRET_FIELDS.get(field, field)}".strip(), reason, times)
        for who, kind, field, reason, at, times in told[:LOOKS]
    ]


def accesses(order: WorkOrder, *, field: str = "") -> Iterator[dict[str, str]]:
    """Every look at the order, oldest first: time (Shanghai), kind, field, account, address, reason, request."""
    rows = Access.objects.filter(stream="order", stream_id=order.pk).order_by("at", "id")
    if field:
        rows = rows.filter(field=field)
    for row in rows:
        yield {
            "at": f"{row.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}", "kind": Access.Kind(row.kind).label,
            "field": row.field, "who": f"{row.actor_name}#{row.actor_id or ''}", "ip": row.ip or "",
            "reason": row.reason, "request": row.request_id,
        }


def reveal_count(order: WorkOrder) -> int:
    """How often somebody had a personal field of this order shown; the citizen's page says so."""
    return Access.objects.filter(stream="order", stream_id=order.pk, kind=Access.Kind.REVEAL).count()
