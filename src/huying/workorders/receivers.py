"""Steps in the life of orders, told to those outside who have subscribed."""

from huying.calls.events import CallEnded
from huying.kernel import bus
from huying.workorders.events import OrderCreated, OrderMoved
from huying.workorders.operations.calls import tie_dialled
from huying.workorders.operations.webhooks import announce


@bus.subscribe(CallEnded)
def call_ended(event: CallEnded) -> None:
    tie_dialled(event.call_id)


bus.subscribe(OrderCreated)(announce)
bus.subscribe(OrderMoved)(announce)
