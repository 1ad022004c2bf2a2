"""Use an earlier order's text, place and contact for a new one: neither its clocks nor its ratings (R275)."""

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.kernel import clock
from huying.org.policies import Actor
from huying.workorders.catalog import Channel
from huying.workorders.models import Link, WorkOrder
from huying.workorders.operations.create import NewOrder
from huying.workorders.policies import sees_contact, visible_to
from huying.workorders.queries.refusals import NoSuchOrder


def reuse(*, actor: Actor, number: str, channel: Channel = Channel.PHONE) -> NewOrder:
    """What a new order takes over from order `number`.

    Who may not reveal contact data gets none; who may, gets it and a row of that stays (R154). Raises NoSuchOrder.
    """
    order = (
        visible_to(actor).select_related("contact", "template", "category").prefetch_related("points")
        .filter(number=number).first()
    )
    if order is None:
        raise NoSuchOrder
    new = NewOrder(
        kind=order.kind, title=order.title, content=order.content, channel=channel, points=[row.text for row in order.points.all()],
        template=order.template.code, urgency=order.urgency, region=order.region_id or "", place=order.place,
        confidential=order.confidential, is_group=order.is_group, fields=dict(order.fields), category=order.category,
        caller_kind=order.caller_kind,
    )
    contact = order.contact
    if contact is not None and sees_contact(actor, order) and actor.may("citizens.reveal"):
        note_access(
            Access.Kind.REVEAL, actor=actor, centre_id=order.centre_id, stream="order", stream_id=order.pk,
            field="contact", reason="复用历史工单受理新诉求",
        )
        new.name, new.phone, new.address, new.gender = contact.name, contact.phone, contact.address, contact.gender
    return new


def link_earlier(*, actor: Actor, order: WorkOrder, number: str, kind: str) -> Link:
    """Tie a new order to the earlier one it was copied from, repeats or re-examines. Raises NoSuchOrder."""
    other = visible_to(actor).filter(number=number).exclude(pk=order.pk).first()
    if other is None:
        raise NoSuchOrder
    link, _ = Link.objects.get_or_create(
        order=order, other=other, kind=kind, defaults={"centre_id": order.centre_id, "created_at": clock.now()}
    )
    return link
