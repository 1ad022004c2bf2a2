"""Write lives of the usual kind by the thousand: the same rows the operations would have left, without them.

`tests/config/test_demo.py` plays lives both ways and compares every row. A life with an unusual deed, or in which a
clock ran out, is refused here and has to be played.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from huying.audit.models import Event
from huying.audit.operations import hold_anchor_lock
from huying.citizens.fields import blind_index
from huying.citizens.models import Caller, Contact
from huying.config.demo.lives import Deed, Life
from huying.config.demo.stage import Stage
from huying.config.demo.writer import Citizen
from huying.followup.models import Answers, Attempt, FollowUp, Rating
from huying.kernel import clock, hashchain
from huying.kernel.deadline import Term, due
from huying.kernel.phones import normalise_phone
from huying.org.policies import Actor, system_actor
from huying.workorders.models import Assignment, Attachment, Clock, Point, Verification, WorkOrder
from huying.workorders.operations.clocks import SHOWN_AS_DUE, next_wake, term_data
from huying.workorders.operations.importing.bulk import index_rows, insert_rows, new_keys
from huying.workorders.operations.numbers import next_number

ORDER = (Caller, Contact, WorkOrder, Point, Assignment, Verification, Attachment, Clock, FollowUp, Attempt, Answers, Rating, Event)
POOL = 500


class Missed(Exception):
    """Something unusual happened: what then becomes of an order only the operations know."""


@dataclass
class Entry:
    """One event to be chained."""

    at: datetime
    kind: str
    actor: Actor
    reason: str = ""
    after: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Account:
    """The rows of one order while they grow."""

    order: WorkOrder
    entries: list[Entry] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    rows: list[models.Model] = field(default_factory=list)
    task: Assignment | None = None
    round: FollowUp | None = None
    units: dict[int, str] = field(default_factory=dict)  # of a clock (by identity) to the unit's name

    def note(self, deed: Deed, actor: Actor, reason: str = "", after: str = "", **data: Any) -> None:
        self.entries.append(Entry(deed.at, deed.code, actor, reason, after, data))
        if after:
            self.order.state = after


class Ledger:
    """Rows of many orders of one stage as they stand at `now`, written in batches by `flush`."""

    def __init__(self, stage: Stage, now: datetime) -> None:
        self.stage = stage
        self.now = now
        self.rows: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self.keys: dict[type[models.Model], list[int]] = defaultdict(list)
        self.callers: dict[str, int] = {}

    def key(self, model: type[models.Model]) -> int:
        if not self.keys[model]:
            self.keys[model] = new_keys(model, POOL)[::-1]
        return self.keys[model].pop()

    def meet(self, people: Iterable[tuple[Citizen, datetime, str]]) -> None:
        """Write down every caller at the time of the first call, before any order is made or played."""
        fresh = []
        for citizen, at, kind in people:
            if citizen.phone not in self.callers:
                digest = blind_index(normalise_phone(citizen.phone), purpose="phone")
                caller = Caller(pk=self.key(Caller), centre=self.stage.centre, kind=kind, name=citizen.name, phone=citizen.phone,
                                phone_hash=digest, created_at=at)
                self.callers[citizen.phone] = caller.pk
                fresh.append(caller)
        insert_rows(fresh)

    def number(self, life: Life) -> str:
        return next_number(
            pattern=self.stage.centre.number_pattern, template=self.stage.template_row(life.new["template"]),
            region=self.stage.centre.region_id or "000000", channel=life.new["channel"],
            day=life.created.astimezone(clock.SHANGHAI).date(),
        )

    def contact(self, life: Life) -> Contact | None:
        new = life.new
        if not (new["name"] or new["phone"] or new["address"]):
            return None
        row = Contact(
            pk=self.key(Contact), centre=self.stage.centre, name=new["name"], phone=new["phone"], address=new["address"],
            gender=new["gender"], caller_id=self.callers.get(new["phone"]),
        )
        row.set_hashes()
        return row

    def open(self, life: Life) -> Account:
        """The order as it came in, with its points and the citizen's clock."""
        new, stage = life.new, self.stage
        plain = ("kind", "urgency", "channel", "title", "content", "event_at", "caller_kind", "place", "is_group")
        values = {name: new[name] for name in plain if name in new}
        order = WorkOrder(
            pk=self.key(WorkOrder), centre=stage.centre, template=stage.template_row(new["template"]),
            pack=stage.pack_row, state=life.first, region_id=new["region"], address_confirmed_by=new["address_way"],
            address_confirmed_at=life.created if new["address_way"] else None, confidential=new["kind"] == "report",
            category_id=stage.categories[life.matter.scenario["id"]], created_at=life.created,
            created_by=stage.person(life.who) if life.who else None, **values,
        )
        account = Account(order)
        order.contact = self.contact(life)
        if order.contact:
            order.caller_id = order.contact.caller_id
            account.rows.append(order.contact)
        points = enumerate((text.strip() for text in new.get("points", [])), 1)
        account.rows += [Point(order=order, centre=stage.centre, seq=seq, text=text) for seq, text in points]
        pack = stage.pack
        self.start(account, Clock.Kind.ANSWER, pack.answer(new["kind"], new["urgency"], new["caller_kind"]), life.created)
        if life.first == "to_review":
            self.start(account, Clock.Kind.REVIEW, pack.review, life.created)
        return account

    # --- clocks

    def start(self, account: Account, kind: Clock.Kind, term: Term, at: datetime, unit: str = "") -> Clock:
        order, calendar = account.order, self.stage.calendars[unit]
        until = due(at, term, self.stage.work[unit])
        row = Clock(
            order=order, assignment=account.task if unit else None, centre_id=order.centre_id, calendar=calendar, kind=kind,
            term=term_data(term), started_at=at, due_at=until.at, provisional=until.provisional,
        )
        account.clocks.append(row)
        account.units[id(row)] = self.stage.units[unit].name if unit else ""
        return row

    def stop(self, account: Account, at: datetime, *kinds: Clock.Kind, cancel: bool = False) -> None:
        """End the running clocks of these kinds, all when none is named. Raises Missed."""
        for row in account.clocks:
            if row.stopped_at is None and (not kinds or row.kind in kinds):
                if not cancel and row.due_at < at:
                    raise Missed
                row.state, row.stopped_at = Clock.State.CANCELLED if cancel else Clock.State.MET, at

    def reminders(self, account: Account) -> list[Entry]:
        """What the clocks said before they were stopped, or have said so far (R106). Raises Missed."""
        found, ahead = [], self.stage.pack.reminders
        for row in account.clocks:
            end = row.stopped_at or self.now
            if end > row.due_at:
                raise Missed
            wake = next_wake(row.due_at, ahead, row.started_at)
            while wake < row.due_at and wake <= end:
                data = {"clock": row.kind, "due": clock.to_milliseconds(row.due_at).isoformat(), "unit": account.units[id(row)]}
                found.append(Entry(wake, "remind", system_actor(), data=data))
                wake = next_wake(row.due_at, ahead, wake)
            row.wake_at = None if row.stopped_at else wake
        return found

    # --- the end of one, and of all

    def close(self, life: Life, account: Account) -> None:
        """Chain the events and put every row on its pile."""
        order = account.order
        entries = sorted([*account.entries, *self.reminders(account)], key=lambda entry: entry.at)
        head, before = hashchain.GENESIS, ""
        for seq, entry in enumerate(entries, 1):
            moved = entry.after and entry.after != before
            event = Event(
                stream="order", stream_id=order.pk, seq=seq, kind=entry.kind, at=entry.at, centre_id=order.centre_id,
                unit_id=entry.actor.unit_id, actor_kind=entry.actor.kind, actor_id=entry.actor.staff_id,
                actor_name=entry.actor.name, before=before if moved and seq > 1 else "", after=entry.after if moved else "",
                reason=entry.reason, data=entry.data, request_id=uuid.uuid4().hex, prev=head,
            )
            event.hash = head = hashchain.link(head, event.record())
            before = entry.after or before
            self.rows[Event].append(event)
        order.event_seq, order.event_head, order.version = len(entries), head, len(entries)
        running = [row for row in account.clocks if row.stopped_at is None]
        order.due_at = min(running, key=lambda row: (row.kind not in SHOWN_AS_DUE, row.due_at)).due_at if running else None
        order.number = self.number(life)
        self.rows[WorkOrder].append(order)
        for row in (*account.clocks, *account.rows):
            self.rows[type(row)].append(row)

    def flush(self) -> None:
        """Write everything gathered so far."""
        hold_anchor_lock()
        for model in ORDER:
            insert_rows(self.rows[model])
        index_rows([row for row in self.rows[WorkOrder] if isinstance(row, WorkOrder)])
        self.rows.clear()
