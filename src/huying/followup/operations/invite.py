"""Tell the citizen that it is over, with the link by which he may rate it once (R283); everybody of a merged order."""

from collections.abc import Iterable

from django.conf import settings

from huying.followup.operations.tokens import make_rating_tokens
from huying.messaging.operations import Outgoing, send_all
from huying.workorders.catalog import Channel
from huying.workorders.models import Link, WorkOrder
from huying.workorders.queries import pack_of

LINK = "/r/"
"""Where the citizens' site shows the rating page of a token."""


def tell_closed(order: WorkOrder, *, action: str = "close") -> None:
    """One message to the appellant and one to each citizen whose order was merged into this one (G5).

    Whoever was answered directly on the phone has been told and rates by key; other channels get the invitation.
    """
    own = [] if action == "direct_answer" and order.channel == Channel.PHONE else [order]
    scene = "rate_invite" if action == "direct_answer" else "closed"
    send_all([*_outgoing(own, scene), *_outgoing(merged_into(order), "closed")])


def tell_missed(order: WorkOrder) -> None:
    """We could not reach you: here is the link."""
    send_all(_outgoing([order], "follow_up_missed"))


def _outgoing(orders: Iterable[WorkOrder], scene: str) -> list[Outgoing]:
    told = [(order, contact) for order in orders if (contact := order.contact) and contact.phone]
    tokens = make_rating_tokens([order for order, _ in told])
    return [
        Outgoing(
            scene, order.centre_id, contact.phone, {
                "number": order.number, "title": order.title, "link": f"{settings.PUBLIC_URL}{LINK}{token}",
                "days": str(pack_of(order.pack).rating_days),
            }, ("order", order.pk), contact.caller_id,
        )
        for (order, contact), token in zip(told, tokens, strict=True)
    ]


def merged_into(order: WorkOrder) -> list[WorkOrder]:
    """Every order that ended in this one, directly or by way of another."""
    found: dict[int, WorkOrder] = {}
    level = [order.pk]
    while level:
        links = Link.objects.filter(other_id__in=level, kind=Link.Kind.MERGED).exclude(order_id__in=[order.pk, *found])
        rows = WorkOrder.objects.filter(pk__in=links.values("order_id")).select_related("contact", "pack")
        level = []
        for row in rows:
            found[row.pk] = row
            level.append(row.pk)
    return list(found.values())


def closed_as(order: WorkOrder) -> WorkOrder:
    """The order whose handling ended this one: itself, or the one it was merged into, followed to its end."""
    seen = {order.pk}
    while link := Link.objects.filter(order=order, kind=Link.Kind.MERGED).select_related("other").first():
        if link.other_id in seen:
            break
        seen.add(link.other_id)
        order = link.other
    return order
