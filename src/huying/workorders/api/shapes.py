"""Rows as the API shows them: contact data masked, and for a handling unit the free text without numbers and names (R167)."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from huying.audit.models import Event
from huying.kernel.masking import mask_name
from huying.org.models import Region, Unit
from huying.org.policies import Actor
from huying.workorders.catalog import Channel, Kind
from huying.workorders.models import Application, Assignment, Clock, Link, WorkOrder
from huying.workorders.policies import sees_contact, visible_to
from huying.workorders.queries.shown import Words, words_for
from huying.workorders.rules.wording import TITLES
from huying.workorders.workflow import ACTIONS, Plea, Task

API = "/api/v1"


def order_url(number: str) -> str:
    return f"{API}/workorders/{number}"


def unit(row: Unit | None) -> dict[str, Any] | None:
    return {"id": row.pk, "code": row.code, "name": row.name} if row else None


def region(row: Region | None) -> dict[str, Any] | None:
    return {"id": None, "code": row.code, "name": row.full_name} if row else None


def created(order: WorkOrder) -> dict[str, Any]:
    return {
        "number": order.number, "state": str(order.state), "state_label": order.state_label, "created_at": order.created_at,
        "due_at": order.due_at, "url": order_url(order.number),
    }


def summary(order: WorkOrder, words: Words) -> dict[str, Any]:
    return {
        "number": order.number, "external_number": order.external_number, "state": str(order.state),
        "state_label": order.state_label, "type": str(order.kind), "type_label": Kind(order.kind).label,
        "urgency": str(order.urgency), "channel": str(Channel(order.channel)), "title": words(order.title),
        "region": region(order.region), "unit": unit(order.unit), "created_at": order.created_at, "due_at": order.due_at,
        "closed_at": order.closed_at, "confidential": order.confidential, "supervised": order.supervised,
        "version": order.version,
    }


def whole(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """With everything `order` shows, in a handful of queries."""
    tasks = Assignment.objects.select_related("unit").prefetch_related("verifications")
    pleas = Application.objects.select_related("unit", "proposed_unit")
    return rows.select_related("region", "unit", "template", "category", "contact", "caller").prefetch_related(
        "points", Prefetch("assignments", tasks), Prefetch("applications", pleas), "clocks",
        Prefetch("links", Link.objects.select_related("other")),
    )


def order(row: WorkOrder, actor: Actor) -> dict[str, Any]:
    """Everything this person may see of an order that came through `whole`."""
    words = words_for(actor, row)
    own = own_units(row, actor)
    visible = set(visible_to(actor).filter(pk__in=[link.other_id for link in row.links.all()]).values_list("pk", flat=True))
    return {
        **summary(row, words), "content": words(row.content), "points": [words(point.text) for point in row.points.all()],
        "template": row.template.code, "fields": deep(row.fields, words), "category": row.category.path if row.category else "",
        "place": words(row.place), "event_at": row.event_at, "address_confirmed_at": row.address_confirmed_at,
        "is_group": row.is_group, "is_sensitive": row.is_sensitive, "caller": contact(row, actor), "urge_count": row.urge_count,
        "return_count": row.return_count, "reopen_count": row.reopen_count, "answer": words(row.answer),
        "public_reply": words(row.public_reply), "finding": row.finding, "outcome": row.outcome,
        "satisfaction": row.satisfaction, "decline_code": row.decline_code,
        "tasks": [task(part, words) for part in row.assignments.all()],
        "pleas": [plea(part, words) for part in row.applications.all() if own is None or part.unit_id in own],
        "clocks": [clock(part) for part in row.clocks.all()],
        "links": [link(part) for part in row.links.all() if part.other_id in visible],
    }


def own_units(row: WorkOrder, actor: Actor) -> set[int] | None:
    """The units of this order that are the actor's own or below it; None for the centre's people, who see all."""
    if actor.staff is None or actor.staff.unit is None:
        return None
    home = actor.staff.unit
    return {part.unit_id for part in row.assignments.all() if home.holds(part.unit)}


def contact(row: WorkOrder, actor: Actor) -> dict[str, Any] | None:
    if row.contact is None or not sees_contact(actor, row):
        return None
    return {**row.contact.masked, "kind": row.caller.kind if row.caller else None}


def task(row: Assignment, words: Words) -> dict[str, Any]:
    checks = [
        {"id": part.pk, "who": words(part.who), "at": part.at, "way": part.way, "finding": part.finding, "note": words(part.note)}
        for part in row.verifications.all()
    ]
    return {
        "id": row.pk, "unit": unit(row.unit), "role": row.role, "state": row.state, "state_label": Task(row.state).label,
        "parent": row.parent_id, "opinion": words(row.opinion), "clause": row.clause, "dispatched_at": row.dispatched_at,
        "sign_due_at": row.sign_due_at, "signed_at": row.signed_at, "auto_signed": row.auto_signed, "due_at": row.due_at,
        "contacted_at": row.contacted_at, "extended_days": row.extended_days, "reply": words(row.reply),
        "replied_at": row.replied_at, "verifications": checks,
    }


def plea(row: Application, words: Words) -> dict[str, Any]:
    return {
        "id": row.pk, "kind": row.kind, "state": row.state, "state_label": Plea(row.state).label, "unit": unit(row.unit),
        "task": row.assignment_id, "reason": words(row.reason), "clause": row.clause,
        "proposed_unit": unit(row.proposed_unit), "workdays": row.workdays, "ground": row.ground, "until": row.until,
        "created_at": row.created_at, "decided_at": row.decided_at, "decision": words(row.decision), "blame": row.blame,
    }


def clock(row: Clock) -> dict[str, Any]:
    return {
        "kind": row.kind, "kind_label": Clock.Kind(row.kind).label, "state": row.state, "task": row.assignment_id,
        "started_at": row.started_at, "due_at": row.due_at, "stopped_at": row.stopped_at, "provisional": row.provisional,
    }


def link(row: Link) -> dict[str, Any]:
    return {"kind": row.kind, "kind_label": Link.Kind(row.kind).label, "number": row.other.number}


def event(row: Event, actor: Actor, words: Words) -> dict[str, Any]:
    """One step of the history. A citizen's name is never written out; a unit learns of a confidential one nothing."""
    name = row.actor_name
    if row.actor_kind == "citizen":
        name = "诉求人" if actor.unit_id else mask_name(name)
    known = ACTIONS.get(row.kind)
    return {
        "seq": row.seq, "kind": row.kind, "label": TITLES.get(row.kind) or (known.label if known else row.kind), "at": row.at,
        "actor": {"kind": row.actor_kind, "name": name}, "before": row.before, "after": row.after,
        "reason": words(row.reason), "data": deep(row.data, words),
    }


def deep(data: Any, words: Words) -> Any:
    """Every text inside `data` as this person may read it."""
    if isinstance(data, str):
        return words(data)
    if isinstance(data, dict):
        return {name: deep(value, words) for name, value in data.items()}
    return [deep(part, words) for part in data] if isinstance(data, list) else data
