"""The orders of one citizen: those of the proven phone and those proven one by one. Nothing else exists for him."""

from huying.citizens.fields import blind_index
from huying.org.models import Centre
from huying.org.policies import Actor
from huying.portal.policies import proven_orders, proven_phone
from huying.portal.policies.proof import Session
from huying.portal.rules.wording import numbers_meant
from huying.workorders.models import WorkOrder
from huying.workorders.policies import visible_to
from huying.workorders.queries import NoSuchOrder

MOST = 200
SHOWN = 50


def order_ids_of(session: Session, centre: Centre) -> set[int]:
    """Ids of this browser's own orders in this centre."""
    ids = set(WorkOrder.objects.filter(pk__in=proven_orders(session), centre=centre).values_list("pk", flat=True))
    if phone := proven_phone(session):
        digest = blind_index(phone, purpose="phone")
        rows = WorkOrder.objects.filter(contact__phone_hash=digest, centre=centre).order_by("-created_at")
        ids |= set(rows.values_list("pk", flat=True)[:MOST])
    return ids


def my_orders(actor: Actor) -> list[WorkOrder]:
    """The newest first."""
    return list(visible_to(actor).select_related("unit").order_by("-created_at", "-id")[:SHOWN])


def own_order(actor: Actor, number: str) -> WorkOrder:
    """One of them. Raises NoSuchOrder, for an unknown number just as for another person's."""
    rows = visible_to(actor).select_related("unit", "centre", "template", "pack", "contact", "region")
    found = rows.filter(number__in=numbers_meant(number)).first()
    if found is None:
        raise NoSuchOrder("没有找到这张工单，请核对单号")
    return found
