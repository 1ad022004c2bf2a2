"""Say it to the citizen or the unit: one place for every message of an order's life (R053, R263)."""

from huying.kernel.clock import SHANGHAI
from huying.messaging.operations import send
from huying.workorders.models import Assignment, WorkOrder


def tell_caller(order: WorkOrder, scene: str, **values: str) -> None:
    """A message to the appellant, if there is a phone to send it to and the person does not mind."""
    contact = order.contact
    if contact is None or not contact.phone:
        return
    send(
        scene=scene, centre_id=order.centre_id, phone=contact.phone, caller_id=contact.caller_id,
        values={"number": order.number, "title": order.title, **values}, subject=("order", order.pk),
    )


def tell_unit(task: Assignment, scene: str, **values: str) -> None:
    """A message to the unit's duty phone."""
    if not task.unit.phone:
        return
    order = task.order
    due = f"{task.due_at.astimezone(SHANGHAI):%m-%d %H:%M}" if task.due_at else ""
    send(
        scene=scene, centre_id=order.centre_id, phone=task.unit.phone,
        values={"number": order.number, "title": order.title, "unit": task.unit.name, "due": due, **values},
        subject=("order", order.pk),
    )
