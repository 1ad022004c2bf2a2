"""Several matters in one call: the others become orders of their own (R285)."""

from typing import Any

from huying.workorders.catalog import Channel
from huying.workorders.models import Link, Point, WorkOrder
from huying.workorders.operations.act import Step, performs
from huying.workorders.operations.create import NewOrder, create_order
from huying.workorders.workflow import State


@performs("split")
def split(step: Step, data: dict[str, Any]) -> None:
    order = step.order
    points = list(order.points.filter(seq__in=data["points"]))
    made = [split_off(step, order, point) for point in points]
    Point.objects.filter(pk__in=[point.pk for point in points]).delete()
    step.note(data["reason"], orders=[new.number for new in made], points=[point.text for point in points])


def split_off(step: Step, order: WorkOrder, point: Point) -> WorkOrder:
    contact = order.contact
    new = create_order(
        actor=step.actor, centre=order.centre, state=State.TO_REVIEW,
        new=NewOrder(
            kind=order.kind, title=point.text[:100].ljust(2, "。"), content=f"{point.text}\n（由工单 {order.number} 拆出）",
            channel=Channel(order.channel), template=order.template.code, urgency=order.urgency,
            region=order.region_id or "", place=order.place, confidential=order.confidential, fields=order.fields,
            is_sensitive=order.is_sensitive, is_special=order.is_special, is_group=order.is_group,
            event_at=order.event_at, category=order.category, caller_kind=order.caller_kind,
            name=contact.name if contact else "", phone=contact.phone if contact else "",
            id_number=contact.id_number if contact else "", gender=contact.gender if contact else "",
            address=contact.address if contact else "",
        ),
    )
    Link.objects.create(order=new, other=order, kind=Link.Kind.SPLIT, centre_id=order.centre_id)
    return new
