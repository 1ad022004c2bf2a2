"""Write one batch of old orders: all of it or nothing, quietly, and never the same one twice (R002)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from huying.audit.models import Event
from huying.audit.operations import append, hold_anchor_lock
from huying.citizens.fields import blind_index
from huying.citizens.models import Caller, Contact
from huying.kernel import clock, hashchain
from huying.kernel.clock import SHANGHAI
from huying.kernel.numbering import Pattern
from huying.kernel.phones import normalise_phone
from huying.org.models import Centre, Region
from huying.org.policies import Actor
from huying.workorders.catalog import CHANNEL_DIGITS, Channel, Kind
from huying.workorders.models import Assignment, OrderTemplate, RulePack, WorkOrder
from huying.workorders.operations.act import STREAM
from huying.workorders.operations.importing.bulk import index_rows, insert_rows, new_keys
from huying.workorders.operations.importing.places import Places
from huying.workorders.operations.numbers import take_serials
from huying.workorders.queries.packs import template_of
from huying.workorders.rules.mapping import OldOrder
from huying.workorders.workflow import State, Task

NO_REGION = "没有这个区划代码"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be read, and the line it stands on."""

    line: int
    cells: list[str]
    order: OldOrder


@dataclass
class Batch:
    """What is the same for every order of one import."""

    actor: Actor
    centre: Centre
    template: OrderTemplate
    pack: RulePack
    places: Places
    source: str

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
        made = self.places.prepare(row.order for row in rows)
        if made:
            centre = Centre.objects.select_for_update(no_key=True).get(pk=self.centre.pk)
            append(centre, stream=Centre.stream, kind="unit.import", actor=self.actor, centre_id=centre.pk,
                   data={"file": self.source, "units": made})
            centre.save(update_fields=["event_seq", "event_head"])

    def insert(self, rows: Sequence[Row]) -> None:
        orders = [self.order(row.order) for row in rows]
        for order, number, pk in zip(orders, self.numbers(orders), new_keys(WorkOrder, len(orders)), strict=True):
            order.number, order.pk = number, pk
        self.add_contacts(rows, orders)
        events = [self.event(row, order) for row, order in zip(rows, orders, strict=True)]
        insert_rows(orders)
        insert_rows(events)
        insert_rows([self.task(order) for order in orders if order.unit_id])
        index_rows(orders)

    def order(self, old: OldOrder) -> WorkOrder:
        """Closed, with the dates it had. Of a date without a time the first minute of the day is taken."""
        created, closed = clock.to_milliseconds(old.created), clock.to_milliseconds(old.closed)
        return WorkOrder(
            external_number=old.number, centre=self.centre, template=self.template, pack=self.pack, state=State.CLOSED,
            kind=old.kind, channel=Channel.IMPORT, title=old.title, content=old.content, place=old.place,
            category_id=self.places.category(old.categories), unit=self.places.unit(old.unit), answer=old.answer,
            region_id=old.region or None, confidential=old.kind == Kind.REPORT, created_at=created,
            dispatched_at=created if old.unit else None, replied_at=closed, closed_at=closed, direct=not old.unit,
        )

    def event(self, row: Row, order: WorkOrder) -> Event:
        """The order's first and only event: where it came from."""
        event = Event(
            stream=STREAM, stream_id=order.pk, seq=1, kind="import", at=clock.now(), centre_id=order.centre_id,
            unit_id=self.actor.unit_id, actor_kind=self.actor.kind, actor_id=self.actor.staff_id, actor_name=self.actor.name,
            after=State.CLOSED, request_id=self.actor.request_id, prev=hashchain.GENESIS,
            data={
                "file": self.source, "line": row.line, "external_number": order.external_number, "title": order.title,
                "kind": order.kind, "created": order.created_at, "closed": order.closed_at, "unit": row.order.unit,
                "department": row.order.department, "categories": row.order.categories,
            },
        )
        event.data = hashchain.as_stored(event.data)
        event.hash = hashchain.link(hashchain.GENESIS, event.record())
        order.event_seq, order.event_head = 1, event.hash
        return event

    def task(self, order: WorkOrder) -> Assignment:
        """So that the unit finds its own old orders too. It has no clock: nobody knows when it was due."""
        return Assignment(
            order=order, centre_id=order.centre_id, unit=order.unit, role=Assignment.Role.MAIN, state=Task.REPLIED,
            dispatched_at=order.created_at, reply=order.answer, replied_at=order.replied_at,
        )

    def numbers(self, orders: Sequence[WorkOrder]) -> list[str]:
        """A number for each order by its own day; serials are taken in one block per day."""
        rule = Pattern.parse(template_of(self.template).number_pattern or self.centre.number_pattern)
        region, digits = self.centre.region_id or "000000", CHANNEL_DIGITS[Channel.IMPORT]
        days = [day_of(order.created_at) for order in orders]
        last: dict[str, int] = {}
        keys = [rule.counter_key(region=region, channel=digits, day=day) for day in days]
        for key, count in Counter(keys).items():
            last[key] = take_serials(key, count) - count
        numbers = []
        for day, key in zip(days, keys, strict=True):
            last[key] += 1
            numbers.append(rule.format(region=region, channel=digits, day=day, serial=last[key]))
        return numbers

    def add_contacts(self, rows: Sequence[Row], orders: Sequence[WorkOrder]) -> None:
        """Who appealed, where the table says so: encrypted, and tied to the caller of that phone."""
        named = [(row.order, order) for row, order in zip(rows, orders, strict=True)
                 if row.order.name or row.order.phone or row.order.address]
        if not named:
            return
        callers = self.callers([old for old, _ in named if old.phone])
        contacts = []
        for old, order in named:
            contact = Contact(centre=self.centre, name=old.name, phone=old.phone, address=old.address)
            contact.set_hashes()
            order.caller_id = contact.caller_id = callers.get(bytes(contact.phone_hash))
            contacts.append(contact)
        for (_, order), contact in zip(named, Contact.objects.bulk_create(contacts), strict=True):
            order.contact = contact

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


def day_of(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
