"""Who is calling: labels, open orders, history. Everything masked (R253)."""

from dataclasses import dataclass, field

from huying.citizens.models import Caller
from huying.kernel import masking
from huying.kernel.phones import normalise_phone
from huying.org.policies import Actor
from huying.workorders.models import WorkOrder
from huying.workorders.queries.similar import orders_of_caller, phone_digest

SHOWN = 8


@dataclass(frozen=True)
class CallerCard:
    """What stands in the left column. `known`: has appealed before; `name` and `phone` masked."""

    phone: str = ""
    name: str = ""
    kind: str = ""
    labels: list[str] = field(default_factory=list)
    open: list[WorkOrder] = field(default_factory=list)
    closed: list[WorkOrder] = field(default_factory=list)
    known: bool = False
    more: int = 0


def caller_card(actor: Actor, phone: str) -> CallerCard:
    """The card of the person with this number; an empty one while nothing or too little is typed."""
    if len(normalise_phone(phone)) < 5 or actor.staff is None:
        return CallerCard()
    orders = orders_of_caller(actor, phone, limit=50)
    caller = Caller.objects.filter(centre_id=actor.staff.centre_id, phone_hash=phone_digest(phone)).first()
    name = caller.name if caller else next((row.contact.name for row in orders if row.contact and row.contact.name), "")
    closed = [row for row in orders if not row.is_open]
    return CallerCard(
        phone=masking.mask_phone(phone), name=masking.mask_name(name), kind=Caller.Kind(caller.kind).label if caller else "",
        labels=list(caller.labels) if caller else [], open=[row for row in orders if row.is_open], closed=closed[:SHOWN],
        known=bool(orders or caller), more=max(0, len(closed) - SHOWN),
    )
