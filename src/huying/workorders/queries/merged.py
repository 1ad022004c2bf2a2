"""Who is answered by the answer to one order: its own citizen and those of the orders merged into it."""

from huying.workorders.models import Link, WorkOrder


def together(order: WorkOrder) -> list[WorkOrder]:
    """The order and all that were merged into it, through any number of steps."""
    found, fresh = {order.pk: order}, [order]
    while fresh:
        links = Link.objects.filter(other__in=fresh, kind=Link.Kind.MERGED).select_related("order")
        fresh = [link.order for link in links if link.order_id not in found]
        found |= {row.pk: row for row in fresh}
    return list(found.values())


def needs_public_words(*orders: WorkOrder) -> bool:
    """Whether a confidential appeal is handled together with others': each of their citizens then reads the public
    reply only, as the full one speaks of somebody else's matter (R098)."""
    rows = {row.pk: row for order in orders for row in together(order)}
    return len(rows) > 1 and any(row.confidential for row in rows.values())
