"""Who looked at an order."""

from collections.abc import Iterator

from huying.audit.models import Access
from huying.kernel.clock import SHANGHAI
from huying.workorders.models import WorkOrder


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
