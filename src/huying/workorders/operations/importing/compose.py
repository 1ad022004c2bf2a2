"""The rows that one old order becomes: itself, its only event, its unit's task, its words (R002)."""

from dataclasses import dataclass, field
from typing import Any

from huying.audit.models import Event
from huying.kernel import clock, hashchain
from huying.org.models import Centre
from huying.org.policies import Actor
from huying.workorders.catalog import Channel, Kind, Urgency
from huying.workorders.models import Assignment, OrderTemplate, OrderText, RulePack, WorkOrder
from huying.workorders.operations.act import STREAM
from huying.workorders.operations.importing.bulk import Form
from huying.workorders.operations.rows import hex_text, vector
from huying.workorders.rules.mapping import OldOrder
from huying.workorders.rules.words import facets_of, filed_words
from huying.workorders.workflow import State, Task


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be read, and the line it stands on."""

    line: int
    cells: list[str]
    order: OldOrder


@dataclass(frozen=True, slots=True)
class Given:
    """What an old order is given here: its key and number, and those it belongs to."""

    key: int
    number: str
    unit: int | None
    category: int | None
    contact: int | None = None
    caller: int | None = None


@dataclass
class Rows:
    """Rows by column, of many orders."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)


class Composer:
    """Writes rows over what is the same in all orders of one import."""

    def __init__(self, actor: Actor, centre: Centre, template: OrderTemplate, pack: RulePack, source: str) -> None:
        self.source, self.template = source, template.pk
        self.event = Event(
            stream=STREAM, seq=1, kind="import", at=clock.now(), centre_id=centre.pk, unit_id=actor.unit_id,
            actor_kind=actor.kind, actor_id=actor.staff_id, actor_name=actor.name, after=State.CLOSED,
            request_id=actor.request_id, prev=hashchain.GENESIS,
        )
        self.order_form = Form(WorkOrder(
            centre=centre, template=template, pack=pack, state=State.CLOSED, channel=Channel.IMPORT, event_seq=1
        ))
        self.event_form = Form(self.event)
        self.task_form = Form(Assignment(centre=centre, role=Assignment.Role.MAIN, state=Task.REPLIED))
        self.text_form = Form(OrderText(centre_id=centre.pk, words=[]))

    def add(self, rows: Rows, row: Row, given: Given) -> None:
        old = row.order
        created, closed = (hashchain.moment_text(clock.to_milliseconds(at)) for at in (old.created, old.closed))
        event = self.made(row, given, created, closed)
        rows.events.append(event)
        rows.orders.append(self.order(old, given, created, closed, event["hash"]))
        rows.texts.append(self.text_form.filled(order_id=given.key, created_at=created, words=self.words(old)))
        if given.unit:
            rows.tasks.append(self.task_form.filled(  # so that the unit finds its own old orders; nobody knows its term
                order_id=given.key, unit_id=given.unit, dispatched_at=created, reply=old.answer, replied_at=closed
            ))

    def order(self, old: OldOrder, given: Given, created: str, closed: str, head: str) -> dict[str, Any]:
        """Closed, with the dates it had. Of a date without a time the first minute of the day is taken."""
        return self.order_form.filled(
            id=given.key, number=given.number, external_number=old.number, kind=old.kind, title=old.title,
            content=old.content, place=old.place, answer=old.answer, category_id=given.category, unit_id=given.unit,
            region_id=old.region or None, contact_id=given.contact, caller_id=given.caller,
            confidential=old.kind == Kind.REPORT, created_at=created, dispatched_at=created if given.unit else None,
            replied_at=closed, closed_at=closed, direct=not given.unit, event_head=head,
        )

    def made(self, row: Row, given: Given, created: str, closed: str) -> dict[str, Any]:
        """The order's first and only event: where it came from."""
        old, event = row.order, self.event
        event.stream_id = given.key
        event.data = {
            "file": self.source, "line": row.line, "external_number": old.number, "title": old.title, "kind": old.kind,
            "created": created, "closed": closed, "unit": old.unit, "department": old.department,
            "categories": list(old.categories),
        }
        link = hashchain.link(hashchain.GENESIS, event.record())
        return self.event_form.filled(stream_id=given.key, data=event.data, hash=hex_text(link))

    def words(self, old: OldOrder) -> str:
        """As `operations.search.words_of` has them for an order that is here."""
        facets = facets_of(
            kind=old.kind, urgency=Urgency.NORMAL, channel=Channel.IMPORT, template=self.template, region=old.region
        )
        return vector(filed_words(old.created, (old.title, old.content, old.place, old.answer), facets))

    def insert(self, rows: Rows) -> None:
        self.order_form.insert(rows.orders)
        self.event_form.insert(rows.events)
        self.task_form.insert(rows.tasks)
        self.text_form.insert(rows.texts)
