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
from huying.workorders.queries.similar import orders_of_caller, same_caller


def reuse(*, actor: Actor, number: str, phone: str = "", channel: Channel = Channel.PHONE) -> NewOrder:
    """What a new order takes over from order `number`. Raises NoSuchOrder.

    The contact only when `phone`, of who is calling now, is the earlier order's too; a row of the look stays (R154).
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
    known = same_caller(order, phone) and sees_contact(actor, order) and actor.may("citizens.reveal")
    if contact is not None and known:
        note_access(
            Access.Kind.REVEAL, actor=actor, centre_id=order.centre_id, stream="order", stream_id=order.pk,
            field="contact", reason="复用历史工单受理新诉求",
        )
        new.name, new.phone, new.address, new.gender = contact.name, contact.phone, contact.address, contact.gender
    return new


def known_contact(*, actor: Actor, phone: str) -> NewOrder | None:
    """Name and who is calling, from the newest order of this number; nothing of its matter or place.

    None for a new number and for whoever may not reveal contact data; a row of the look is left (R154, R275).
    """
    newest = next(iter(orders_of_caller(actor, phone, limit=1)), None)
    contact = newest.contact if newest else None
    if newest is None or contact is None or not actor.may("citizens.reveal") or not sees_contact(actor, newest):
        return None
    note_access(
        Access.Kind.REVEAL, actor=actor, centre_id=newest.centre_id, stream="order", stream_id=newest.pk,
        field="contact", reason="来电人再次来电，带入联系信息",
    )
    return NewOrder(
        kind="", title="", content="", name=contact.name, gender=contact.gender, caller_kind=newest.caller_kind
    )


def link_earlier(*, actor: Actor, order: WorkOrder, number: str, kind: str) -> Link:
    """Tie a new order to the earlier one it was copied from, repeats or re-examines. Raises NoSuchOrder."""
    other = visible_to(actor).filter(number=number).exclude(pk=order.pk).first()
    if other is None:
        raise NoSuchOrder
    link, _ = Link.objects.get_or_create(
        order=order, other=other, kind=kind, defaults={"centre_id": order.centre_id, "created_at": clock.now()}
    )
    return link
