"""Who is calling: labels, open orders, history. Everything masked (R253)."""

from dataclasses import dataclass, field
from typing import ClassVar

from huying.calls.models import Call
from huying.citizens.models import Caller
from huying.kernel import masking
from huying.kernel.phones import normalise_phone
from huying.org.policies import Actor
from huying.workorders.models import WorkOrder
from huying.workorders.queries.similar import orders_of_caller, phone_digest

SHOWN = 8


@dataclass(frozen=True)
class CallerCard:
    """What stands in the left column, and under the phone bar while it rings. `known`: has appealed or talked to us before;
    `name` and `phone` masked; `place`: of the newest order, without the door; `talked`: the last call somebody took."""

    template: ClassVar[str] = "desk/parts/calling.html"

    phone: str = ""
    name: str = ""
    kind: str = ""
    labels: list[str] = field(default_factory=list)
    open: list[WorkOrder] = field(default_factory=list)
    closed: list[WorkOrder] = field(default_factory=list)
    known: bool = False
    more: int = 0
    place: str = ""
    talked: Call | None = None


def caller_card(actor: Actor, phone: str) -> CallerCard:
    """The card of the person with this number; an empty one while nothing or too little is typed."""
    if len(normalise_phone(phone)) < 5 or actor.staff is None:
        return CallerCard()
    orders = orders_of_caller(actor, phone, limit=50)
    caller = Caller.objects.filter(centre_id=actor.staff.centre_id, phone_hash=phone_digest(phone)).first()
    name = caller.name if caller else next((row.contact.name for row in orders if row.contact and row.contact.name), "")
    closed = [row for row in orders if not row.is_open]
    talked = last_talk(actor.staff.centre_id, phone)
    return CallerCard(
        phone=masking.mask_phone(phone), name=masking.mask_name(name), kind=Caller.Kind(caller.kind).label if caller else "",
        labels=list(caller.labels) if caller else [], open=[row for row in orders if row.is_open], closed=closed[:SHOWN],
        known=bool(orders or caller or talked), more=max(0, len(closed) - SHOWN),
        place=next((row.place for row in sorted(orders, key=lambda row: row.created_at, reverse=True) if row.place), ""),
        talked=talked,
    )


def last_talk(centre: int, phone: str) -> Call | None:
    """The newest call with this number that an agent of the centre took and that is over: whom the caller knows."""
    rows = Call.objects.filter(centre_id=centre, number_hash=phone_digest(phone), agent__isnull=False, ended_at__isnull=False)
    return rows.select_related("agent", "last_agent").order_by("-entered_at", "-id").first()


def card_of_call(actor: Actor, call: Call) -> CallerCard | None:
    """Who is calling, for whoever takes appeals in; None for others, and where no number is shown."""
    card = caller_card(actor, call.number) if actor.may("workorders.intake") else CallerCard()
    return card if card.phone else None
