"""Free text as one person may read it: for a handling unit without numbers, addresses of mail and the appellant's names.

Whatever shows, finds or sends the words of an order goes through here (R167, R098).
"""

from collections.abc import Callable, Iterable

from huying.kernel.masking import scrub
from huying.kernel.names import name_hider
from huying.org.policies import Actor
from huying.workorders.models import WorkOrder

Words = Callable[[str], str]


def words_for(actor: Actor | None, order: WorkOrder) -> Words:
    """How the texts of this order are shown; nobody in particular reads as a unit does."""
    return words_by_order([order.pk])[order.pk] if actor is None or actor.unit_id else str


def words_for_all(actor: Actor, orders: Iterable[int]) -> dict[int, Words]:
    """The same for many orders by id, in one question."""
    return words_by_order(orders) if actor.unit_id else dict.fromkeys(orders, str)


def words_by_order(orders: Iterable[int]) -> dict[int, Words]:
    """As those read who may not know who appeals. Of a confidential order nothing of a name is left."""
    rows = WorkOrder.objects.filter(pk__in=list(orders))
    names = rows.values_list("pk", "confidential", "contact__name", "caller__name")
    return {pk: reader(name_hider((contact or "", caller or ""), wholly=secret)) for pk, secret, contact, caller in names}


def reader(hide: Words) -> Words:
    return lambda text: hide(scrub(text))
