"""What a list is narrowed by, and the same as SQL over the order `o`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from huying.citizens.fields import blind_index
from huying.citizens.models import Contact
from huying.kernel.phones import normalise_phone
from huying.org.models import Unit
from huying.workorders.models import WorkOrder
from huying.workorders.queries.shown import words_by_order
from huying.workorders.rules.words import FACET_FILTERS, facet, region_key

CONTACTS_MOST = 500
PINPOINTED = 500
LAST_SIGN = "\U0010fffd"


@dataclass(frozen=True)
class Filters:
    """Values already checked. `units` are ids of a whole branch; times are aware; `text` is what somebody looks for."""

    states: tuple[str, ...] = ()
    units: tuple[int, ...] = ()
    kind: str = ""
    urgency: str = ""
    region: str = ""
    channel: str = ""
    template: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    number: str = ""
    external: str = ""
    phone: str = ""
    marks: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        return any(getattr(self, one.name) not in ("", (), None) for one in fields(self))

    @property
    def pinpoints(self) -> bool:
        """Whether it names something so rare that the order is found by it at once."""
        return bool(self.number or self.external or self.phone)

    @property
    def facets(self) -> list[str]:
        """Those filters that the words of an order answer (see `rules.words`)."""
        found = []
        for name, short in FACET_FILTERS.items():
            if value := getattr(self, name):
                found.append(facet(short, region_key(value) if name == "region" else value))
        return found


MARKS: dict[str, tuple[str, str]] = {
    "urged": ("有催办", "o.urge_count > 0"), "supervised": ("督办", "o.supervised"), "group": ("群体", "o.is_group"),
    "confidential": ("保密", "o.confidential"), "special": ("特殊单", "o.is_special"),
    "sensitive": ("敏感", "o.is_sensitive"), "returned": ("退回过", "o.return_count > 0"),
    "rehandled": ("重办", "o.rehandle_count > 0"), "reopened": ("重开过", "o.reopen_count > 0"),
}
"""Marks an order may carry: label and condition."""


@dataclass
class Where:
    """Conditions joined by AND, and the values they need."""

    conditions: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **values: Any) -> None:
        self.conditions.append(condition)
        self.values |= values

    @property
    def sql(self) -> str:
        return " AND ".join(f"({each})" for each in self.conditions) or "TRUE"


def narrow(filters: Filters, where: Where, *, text: bool = True) -> None:
    """Add every filter but the states, which the list itself puts into its lanes."""
    for name, column in (("kind", "kind"), ("urgency", "urgency"), ("channel", "channel"), ("template", "template_id")):
        if value := getattr(filters, name):
            where.add(f"o.{column} = %({name})s", **{name: value})
    if filters.region:
        where.add("left(o.region_id, length(%(region)s)) = %(region)s", region=region_key(filters.region))
    if filters.units:
        where.add("o.unit_id = ANY (%(units)s)", units=list(filters.units))
    if filters.since:
        where.add("o.created_at >= %(since)s", since=filters.since)
    if filters.until:
        where.add("o.created_at < %(until)s", until=filters.until)
    for mark in filters.marks:
        where.add(MARKS[mark][1])
    if text:
        narrow_text(filters.text, where)


def narrow_text(text: str, where: Where) -> None:
    """Every blank-separated word stands in title, content or place; for lists short enough to be read through."""
    for place, word in enumerate(text.split()):
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        name = f"word{place}"
        spots = " OR ".join(f"o.{column} ILIKE %({name})s" for column in ("title", "content", "place"))
        where.add(spots, **{name: f"%{escaped}%"})


def readable(orders: QuerySet[WorkOrder], text: str) -> list[int]:
    """Ids of those of `orders` whose text as units read it still holds every word: what a unit's person may not read,
    a number or the appellant's name, must not be found by trying either."""
    words = [word.lower() for word in text.split()]
    for word in words:
        orders = orders.filter(Q(title__icontains=word) | Q(content__icontains=word) | Q(place__icontains=word))
    rows = orders.values_list("pk", "title", "content", "place")
    found: list[int] = []
    for batch in batched(rows.iterator(), 500):
        shown = words_by_order([pk for pk, *_ in batch])
        texts = ((pk, [shown[pk](part).lower() for part in parts]) for pk, *parts in batch)
        found += [pk for pk, parts in texts if all(any(word in part for part in parts) for word in words)]
    return found


def batched(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def pinpointed(filters: Filters, orders: QuerySet[WorkOrder]) -> list[int]:
    """Ids out of `orders` by number (or its beginning), by another platform's number, by telephone (its keyed hash)."""
    if filters.number:
        orders = orders.filter(number__gte=filters.number, number__lt=filters.number + LAST_SIGN)
    if filters.external:
        orders = orders.filter(external_number=filters.external)
    if filters.phone:
        orders = orders.filter(contact__in=contacts_of(filters.phone))
    return list(orders.order_by("-pk").values_list("pk", flat=True)[:PINPOINTED])


def contacts_of(phone: str) -> list[int]:
    """Contacts with exactly this telephone number."""
    digest = blind_index(normalise_phone(phone), purpose="phone")
    if not digest:
        return []
    return list(Contact.objects.filter(phone_hash=digest).order_by("-pk").values_list("pk", flat=True)[:CONTACTS_MOST])


def branch_of(unit_id: int) -> tuple[int, ...]:
    """The unit and everything below it."""
    path = Unit.objects.filter(pk=unit_id).values_list("path", flat=True).first()
    return tuple(Unit.objects.filter(path__startswith=path).values_list("pk", flat=True)) if path else ()

