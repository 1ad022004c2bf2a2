"""Calls and the orders they are about: tied together, and made with one click."""

from datetime import timedelta

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.calls.models import Call, Command
from huying.calls.operations import ask_switch
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.kernel.phones import is_phone, normalise_phone
from huying.org.policies import Actor
from huying.workorders.models import OrderCall, WorkOrder
from huying.workorders.policies import sees_contact
from huying.workorders.queries import NoSuchOrder
from huying.workorders.workflow import State

DIALLED_WITHIN = timedelta(seconds=90)


class NoNumber(Refusal):
    code = "no_number"
    message = "这张工单没有可以拨打的电话号码"


def tie_call(order: WorkOrder, call_id: int | None, kind: str) -> OrderCall | None:
    """Once per order and call; a call of another centre, or none, ties nothing."""
    call = Call.objects.filter(pk=call_id, centre_id=order.centre_id).first() if call_id else None
    if call is None:
        return None
    values = {"centre_id": order.centre_id, "kind": kind, "at": clock.now()}
    return OrderCall.objects.get_or_create(order=order, call=call, defaults=values)[0]


def dial_appellant(*, actor: Actor, order: WorkOrder) -> None:
    """Ring the actor's telephone, then the appellant's, with the centre's number shown (R206); the number stays hidden.

    Not inside a transaction. Raises NoSuchOrder for whoever may not see the contact, NoNumber, and what the switch refuses.
    """
    if order.contact is None or not sees_contact(actor, order):
        raise NoSuchOrder
    phone = normalise_phone(order.contact.phone)
    if not is_phone(phone):
        raise NoNumber
    ask_switch(
        actor=actor, kind="dial", about={"to": "number", "order": order.pk}, secret=phone, request_id=actor.request_id
    )
    note_access(Access.Kind.CALL, actor=actor, centre_id=order.centre_id, stream="order", stream_id=order.pk, field="phone")


def tie_dialled(call_id: int) -> OrderCall | None:
    """A call out that somebody has just asked for from an order becomes that order's."""
    call = Call.objects.filter(pk=call_id, direction=Call.Direction.OUT).first()
    if call is None or call.agent_id is None:
        return None
    asked = Command.objects.filter(
        kind="dial", staff_id=call.agent_id, created_at__lte=call.entered_at + timedelta(seconds=5),
        created_at__gte=call.entered_at - DIALLED_WITHIN,
    ).order_by("-pk").first()
    order = WorkOrder.objects.filter(pk=(asked.about if asked else {}).get("order") or 0).first()
    if order is None or asked is None or normalise_phone(asked.secret) != normalise_phone(call.number):
        return None
    following = order.state in {State.TO_FOLLOW_UP, State.FOLLOWING_UP}
    return tie_call(order, call.pk, OrderCall.Kind.FOLLOW_UP if following else OrderCall.Kind.CONTACT)
