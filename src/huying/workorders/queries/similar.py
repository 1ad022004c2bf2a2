"""Orders like the one being typed: has this person called about it, has anybody near by (rules.md 3.3, R097, R275)?"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from huying.citizens.fields import blind_index
from huying.kernel import clock
from huying.kernel.phones import normalise_phone
from huying.org.policies import Actor
from huying.text.likeness import likeness, most_alike
from huying.workorders.models import WorkOrder
from huying.workorders.policies import visible_to
from huying.workorders.queries.search import Candidates
from huying.workorders.rules.topics import topics
from huying.workorders.rules.words import facet, wanted_words
from huying.workorders.workflow import FINAL

DAYS = 90
CANDIDATES = 100
STREET_DIGITS = 9
SAME_MATTER = 0.4
"""From this likeness on, an order of the same person is taken to be about the same matter (a person confirms it)."""


@dataclass(frozen=True, slots=True)
class Similar:
    """One order beside the form. `likeness` 0.0 to 1.0; `same_caller`: from the same phone number."""

    order: WorkOrder
    likeness: float
    same_caller: bool

    @property
    def percent(self) -> int:
        return round(self.likeness * 100)


def orders_of_caller(actor: Actor, phone: str, *, limit: int = 20) -> list[WorkOrder]:
    """The orders from this number that this person may know of: open ones first, then the newest."""
    digest = phone_digest(phone)
    if not digest:
        return []
    found = shown(visible_to(actor)).filter(contact__phone_hash=digest).order_by("-created_at", "-id")[: limit * 2]
    return sorted(found, key=lambda order: not order.is_open)[:limit]


def similar_orders(
    actor: Actor, *, text: str, phone: str = "", region: str = "", limit: int = 8, exclude: str = ""
) -> list[Similar]:
    """What is alike among the last 90 days: the same caller's orders, and those of the same street or topic.

    Open ones first, then the most alike. Empty for less than four letters of text.
    """
    if len(text.strip()) < 4:
        return []
    digest = phone_digest(phone)
    pool = candidates(actor, text, region, digest)
    pool.pop(exclude, None)
    scored = most_alike(text, ((number, _words(order)) for number, order in pool.items()), limit=limit * 3, floor=0.18)
    rows = [Similar(pool[number], score, _is_from(pool[number], digest)) for number, score in scored]
    rows.sort(key=lambda row: (not row.order.is_open, -row.likeness))
    return rows[:limit]


def candidates(actor: Actor, text: str, region: str, digest: bytes) -> dict[str, WorkOrder]:
    """By number: the caller's orders of the last 90 days, and what the index offers for the region and the topics."""
    until = clock.now() + timedelta(minutes=1)
    since = until - timedelta(days=DAYS)
    asked = [wanted_words(topic) for topic in topics(text)]
    if region:
        asked.append([facet("r", region[:STREET_DIGITS])])
    offered: set[int] = set()
    for words in asked:
        offered.update(pk for pk, _ in next(Candidates(words, since, until).chunks(None), []))
    visible = shown(visible_to(actor)).filter(created_at__gte=since).order_by("-created_at", "-id")
    own = visible.filter(contact__phone_hash=digest)[:CANDIDATES] if digest else ()
    return {order.number: order for rows in (own, visible.filter(pk__in=offered)) for order in rows}


def repeats(actor: Actor, *, text: str, phone: str, exclude: str = "") -> list[Similar]:
    """The same caller's orders on the same matter: open ones (an urge, not a new order), then those closed lately."""
    digest = phone_digest(phone)
    if not digest or len(text.strip()) < 4:
        return []
    since = clock.now() - timedelta(days=DAYS)
    rows = shown(visible_to(actor)).filter(contact__phone_hash=digest).exclude(number=exclude)
    found = rows.filter(~Q(state__in=FINAL) | Q(created_at__gte=since)).order_by("-created_at", "-id")[:CANDIDATES]
    alike = [Similar(order, likeness(text, _words(order)), True) for order in found]
    alike = [row for row in alike if row.likeness >= SAME_MATTER]
    return sorted(alike, key=lambda row: (not row.order.is_open, -row.likeness))


def shown(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """With what stands beside the form."""
    return orders.select_related("unit", "region", "contact", "template")


def phone_digest(phone: str) -> bytes:
    return blind_index(normalise_phone(phone), purpose="phone")


def same_caller(order: WorkOrder, phone: str) -> bool:
    """Whether the order came from this number."""
    return _is_from(order, phone_digest(phone))


def _is_from(order: WorkOrder, digest: bytes) -> bool:
    return bool(digest and order.contact and bytes(order.contact.phone_hash) == digest)


def _words(order: WorkOrder) -> str:
    return f"{order.title}\n{order.content[:500]}\n{order.place}"
