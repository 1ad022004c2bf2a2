"""What this room tells the rooms above it, through `kernel.bus`, inside the transaction that did it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderMoved:
    """An action was taken on an order; `before` and `after` are states (equal when the state stayed)."""

    order_id: int
    number: str
    action: str
    before: str
    after: str
    event_id: int


@dataclass(frozen=True, slots=True)
class OrderCreated:
    """An order exists from now on."""

    order_id: int
    number: str
    state: str
    event_id: int
