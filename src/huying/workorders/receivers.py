"""Steps in the life of orders, told to those outside who have subscribed."""

from huying.kernel import bus
from huying.workorders.events import OrderCreated, OrderMoved
from huying.workorders.operations.webhooks import announce

bus.subscribe(OrderCreated)(announce)
bus.subscribe(OrderMoved)(announce)
