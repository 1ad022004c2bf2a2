"""Tie a call to the order it is about."""

from huying.calls.models import Call
from huying.kernel import clock
from huying.workorders.models import OrderCall, WorkOrder


def tie_call(order: WorkOrder, call_id: int | None, kind: str) -> OrderCall | None:
    """Once per order and call; a call of another centre, or none, ties nothing."""
    call = Call.objects.filter(pk=call_id, centre_id=order.centre_id).first() if call_id else None
    if call is None:
        return None
    values = {"centre_id": order.centre_id, "kind": kind, "at": clock.now()}
    return OrderCall.objects.get_or_create(order=order, call=call, defaults=values)[0]
