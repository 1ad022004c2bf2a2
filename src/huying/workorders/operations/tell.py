"""Say it to the citizen or the unit: one place for every message of an order's life (R053, R263)."""

from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.kernel.phones import is_mobile, normalise_phone
from huying.messaging.operations import Outgoing, send, send_all
from huying.workorders.models import Assignment, WorkOrder
from huying.workorders.queries.shown import words_for


class NoPhone(Refusal):
    code = "no_phone"
    message = "诉求人没有留下手机号，不能发短信"


def tell_caller(order: WorkOrder, scene: str, **values: str) -> None:
    """A message to the appellant, if there is a phone to send it to and the person does not mind."""
    if said := words_for_caller(order, scene, **values):
        send_all([said])


def words_for_caller(order: WorkOrder, scene: str, **values: str) -> Outgoing | None:
    """What `tell_caller` would send; None when there is no phone."""
    contact = order.contact
    if contact is None or not contact.phone:
        return None
    return Outgoing(
        scene=scene, centre_id=order.centre_id, phone=contact.phone, caller_id=contact.caller_id,
        values={"number": order.number, "title": order.title, **values}, subject=("order", order.pk),
    )


def write_to_caller(order: WorkOrder, text: str, *, staff_id: int | None) -> None:
    """What a person of the hotline writes, in that person's own words. Raises NoPhone."""
    contact = order.contact
    if contact is None or not is_mobile(normalise_phone(contact.phone)):
        raise NoPhone
    send(
        scene="manual", centre_id=order.centre_id, phone=contact.phone, caller_id=contact.caller_id,
        values={"number": order.number, "title": order.title, "text": text}, subject=("order", order.pk), staff_id=staff_id,
    )


def tell_unit(task: Assignment, scene: str, **values: str) -> None:
    """A message to the unit's duty phone; of the citizen's words what the unit may read."""
    if not task.unit.phone:
        return
    order, shown = task.order, words_for(None, task.order)
    due = f"{task.due_at.astimezone(SHANGHAI):%m-%d %H:%M}" if task.due_at else ""
    send(
        scene=scene, centre_id=order.centre_id, phone=task.unit.phone,
        values={"number": order.number, "title": shown(order.title), "unit": task.unit.name, "due": due}
        | {name: shown(value) for name, value in values.items()},
        subject=("order", order.pk),
    )
