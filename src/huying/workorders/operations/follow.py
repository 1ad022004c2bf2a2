"""Keep an eye on an order."""

from huying.org.policies import Actor
from huying.workorders.models import WorkOrder
from huying.workorders.policies import visible_to
from huying.workorders.queries.refusals import NoSuchOrder


def follow(*, actor: Actor, number: str, on: bool = True) -> WorkOrder:
    """Follow the order or, with `on=False`, no longer. Raises NoSuchOrder."""
    order = visible_to(actor).filter(number=number).first()
    if order is None or actor.staff is None:
        raise NoSuchOrder
    if on:
        order.followers.add(actor.staff)
    else:
        order.followers.remove(actor.staff)
    return order
