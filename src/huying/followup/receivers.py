"""What follow-up does when an order moves."""

from huying.followup.operations import cancel_round, open_round, tell_closed
from huying.kernel.bus import subscribe
from huying.workorders.events import OrderMoved
from huying.workorders.models import WorkOrder
from huying.workorders.workflow import State

IN_HAND = {State.TO_FOLLOW_UP, State.FOLLOWING_UP}


@subscribe(OrderMoved)
def order_moved(event: OrderMoved) -> None:
    """In the same transaction: a round opens with the order, ends with it, and its end is told."""
    if event.before == event.after:
        return
    if event.after == State.TO_FOLLOW_UP:
        open_round(_order(event.order_id))
    elif event.before in IN_HAND and event.after not in IN_HAND:
        cancel_round(event.order_id)  # finds nothing where the round has ended as it should
    if event.after == State.CLOSED:
        tell_closed(_order(event.order_id), action=event.action)


def _order(order_id: int) -> WorkOrder:
    return WorkOrder.objects.select_related("contact", "pack").get(pk=order_id)
