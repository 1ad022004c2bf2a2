"""Write one batch of old orders: all of it or nothing, quietly, and never the same one twice (R002)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from huying.audit.operations import append, hold_anchor_lock
from huying.citizens.fields import blind_index
from huying.citizens.models import Caller, Contact
from huying.kernel.clock import SHANGHAI
from huying.kernel.numbering import Pattern
from huying.kernel.phones import normalise_phone
from huying.org.models import Centre, Region
from huying.org.policies import Actor
from huying.workorders.catalog import CHANNEL_DIGITS, Channel
from huying.workorders.models import OrderTemplate, RulePack, WorkOrder
from huying.workorders.operations.importing.bulk import new_keys
from huying.workorders.operations.importing.compose import Composer, Given, Row, Rows
from huying.workorders.operations.importing.places import Places
from huying.workorders.operations.numbers import take_serials
from huying.workorders.queries.packs import template_of
from huying.workorders.rules.mapping import OldOrder

NO_REGION = "没有这个区划代码"


@dataclass
class Batch:
    """What is the same for every order of one import."""

    actor: Actor
    centre: Centre
    template: OrderTemplate
    pack: RulePack
    places: Places
    source: str

    def __post_init__(self) -> None:
        self.composer = Composer(self.actor, self.centre, self.template, self.pack, self.source)

    @transaction.atomic
    def write(self, rows: Sequence[Row]) -> tuple[int, list[tuple[Row, str]]]:
        """How many orders were new, and the rows that named something unknown. The rest was here already."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL huying.quiet = 'on'")
        hold_anchor_lock()
        known = self.known([row.order.number for row in rows])
        regions = set(Region.objects.filter(pk__in={row.order.region for row in rows}).values_list("pk", flat=True))
        fresh = [row for row in rows if row.order.number not in known]
        lost = [(row, NO_REGION) for row in fresh if row.order.region and row.order.region not in regions]
        fresh = [row for row in fresh if not row.order.region or row.order.region in regions]
        if fresh:
            self.make_places(fresh)
            self.insert(fresh)
        return len(fresh), lost

    def known(self, numbers: Sequence[str]) -> set[str]:
        found = WorkOrder.objects.filter(centre=self.centre, external_number__in=numbers)
        return set(found.values_list("external_number", flat=True))

    def make_places(self, rows: Sequence[Row]) -> None:
        """Units and categories that are missing; new units are put on record with the centre."""
        made = self.places.prepare([row.order for row in rows])
        if made:
            centre = Centre.objects.select_for_update(no_key=True).get(pk=self.centre.pk)
            append(centre, stream=Centre.stream, kind="unit.import", actor=self.actor, centre_id=centre.pk,
                   data={"file": self.source, "units": made})
            centre.save(update_fields=["event_seq", "event_head"])

    def insert(self, fresh: Sequence[Row]) -> None:
        keys, numbers = new_keys(WorkOrder, len(fresh)), self.numbers([row.order for row in fresh])
        contacts, rows = self.contacts([row.order for row in fresh]), Rows()
        for row, key, number, (contact, caller) in zip(fresh, keys, numbers, contacts, strict=True):
            unit = self.places.unit(row.order.unit)
            self.composer.add(rows, row, Given(
                key, number, unit.pk if unit else None, self.places.category(row.order.categories), contact, caller
            ))
        self.composer.insert(rows)

    def numbers(self, orders: Sequence[OldOrder]) -> list[str]:
        """A number for each order by its own day; serials are taken in one block per day."""
        rule = Pattern.parse(template_of(self.template).number_pattern or self.centre.number_pattern)
        region, digits = self.centre.region_id or "000000", CHANNEL_DIGITS[Channel.IMPORT]
        days = [order.created.astimezone(SHANGHAI).date() for order in orders]
        last: dict[str, int] = {}
        keys = [rule.counter_key(region=region, channel=digits, day=day) for day in days]
        for key, count in Counter(keys).items():
            last[key] = take_serials(key, count) - count
        numbers = []
        for day, key in zip(days, keys, strict=True):
            last[key] += 1
            numbers.append(rule.format(region=region, channel=digits, day=day, serial=last[key]))
        return numbers

    def contacts(self, orders: Sequence[OldOrder]) -> list[tuple[int | None, int | None]]:
        """Contact and caller of each order, where the table names them: encrypted, tied to the caller of that phone."""
        named = [order for order in orders if order.name or order.phone or order.address]
        if not named:
            return [(None, None)] * len(orders)
        callers = self.callers([order for order in named if order.phone])
        contacts = [Contact(centre=self.centre, name=old.name, phone=old.phone, address=old.address) for old in named]
        for contact in contacts:
            contact.set_hashes()
            contact.caller_id = callers.get(bytes(contact.phone_hash))
        made = iter(Contact.objects.bulk_create(contacts))
        known = {id(order) for order in named}
        return [(each.pk, each.caller_id) if each else (None, None)
                for each in (next(made) if id(order) in known else None for order in orders)]

    def callers(self, orders: Sequence[OldOrder]) -> dict[bytes, int]:
        """Caller ids by the hash of their phone; new ones are written down."""
        people: dict[bytes, Caller] = {}
        for old in orders:
            digest = blind_index(normalise_phone(old.phone), purpose="phone")
            people.setdefault(digest, Caller(centre=self.centre, name=old.name, phone=old.phone, phone_hash=digest))
        people.pop(b"", None)
        Caller.objects.bulk_create(people.values(), ignore_conflicts=True)
        found = Caller.objects.filter(centre=self.centre, phone_hash__in=list(people))
        return {bytes(digest): pk for digest, pk in found.values_list("phone_hash", "pk")}
