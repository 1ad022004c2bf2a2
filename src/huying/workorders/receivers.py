"""Steps in the life of orders, told to those outside who have subscribed."""

from huying.calls.events import CallAnswered, CallEnded, CallEntered, CallRang
from huying.kernel import bus
from huying.workorders.events import OrderCreated, OrderMoved
from huying.workorders.operations.calls import tie_dialled
from huying.workorders.operations.webhooks import announce
from huying.workorders.operations.webhooks.calls import announce_call


@bus.subscribe(CallEnded)
def call_ended(event: CallEnded) -> None:
    tie_dialled(event.call_id)
    announce_call("call.ended", event.call_id, event.centre_id)


@bus.subscribe(CallEntered)
def call_entered(event: CallEntered) -> None:
    announce_call("call.entered", event.call_id, event.centre_id)


@bus.subscribe(CallRang)
def call_rang(event: CallRang) -> None:
    announce_call("call.rang", event.call_id, event.centre_id, event.staff_id)


@bus.subscribe(CallAnswered)
def call_answered(event: CallAnswered) -> None:
    announce_call("call.answered", event.call_id, event.centre_id, event.staff_id)


bus.subscribe(OrderCreated)(announce)
bus.subscribe(OrderMoved)(announce)
