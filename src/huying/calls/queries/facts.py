"""A call with everything known of it, as plain values: for the command line, the interface and other systems."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from huying.calls.models import Call, Leg
from huying.kernel.clock import SHANGHAI
from huying.kernel.masking import mask_phone

MOMENTS = (
    "entered_at", "human_at", "queued_at", "offered_at", "answered_at", "ended_at", "invited_at", "rated_at",
)


def whole(rows: QuerySet[Call]) -> QuerySet[Call]:
    """With everything `facts_of` shows, in a handful of queries."""
    legs = Leg.objects.select_related("staff").order_by("offered_at", "id")
    return rows.select_related("centre", "group", "agent", "last_agent").prefetch_related(Prefetch("legs", legs), "recordings")


def summary_of(call: Call) -> dict[str, Any]:
    """One line of a list; the number masked."""
    return {
        "id": call.pk, "call": call.linkedid, "centre": call.centre.code, "direction": call.direction,
        "called": call.called, "number": call.masked_number, "outcome": str(call.outcome), "outcome_label": call.outcome_label,
        "group": call.group.code if call.group else None, "agent": call.agent.username if call.agent else None,
        "entered_at": call.entered_at, "answered_at": call.answered_at, "ended_at": call.ended_at, "talk_ms": call.talk_ms,
        "rating": call.rating,
    }


def facts_of(call: Call) -> dict[str, Any]:
    """Of a call that came through `whole`."""
    names = {leg.staff_id: leg.staff.username for leg in call.legs.all() if leg.staff}
    return {
        **summary_of(call), **{name: getattr(call, name) for name in MOMENTS}, "flow": call.flow,
        "last_agent": call.last_agent.username if call.last_agent else None, "ended_by": call.ended_by, "cause": call.cause,
        "cause_text": call.cause_text, "wait_ms": call.wait_ms(), "hold_ms": call.hold_ms, "wrap_ms": call.wrap_ms,
        "offers": call.offers, "transfers": call.transfers, "conferences": call.conferences,
        "not_invited": call.not_invited, "was_listed": call.was_listed, "is_test": call.is_test, "source": call.source,
        "legs": [leg_of(leg) for leg in call.legs.all()],
        "recordings": [
            {"name": tape.name, "state": tape.state, "begun_at": tape.begun_at, "duration_ms": tape.duration_ms}
            for tape in call.recordings.all()
        ],
        "milestones": [step_of(line, names) for line in call.milestones],
    }


def step_of(line: dict[str, Any], names: dict[Any, str]) -> dict[str, Any]:
    """A milestone, its moment as all others are told (Beijing time), its person by name."""
    at = datetime.fromisoformat(line["at"]).astimezone(SHANGHAI).isoformat(timespec="milliseconds")
    return {**line, "at": at, **({"staff": names.get(line["staff"])} if "staff" in line else {})}


def leg_of(leg: Leg) -> dict[str, Any]:
    return {
        "leg": leg.uniqueid, "role": leg.role, "staff": leg.staff.username if leg.staff else None, "extension": leg.extension,
        "number": mask_phone(leg.number), "desk": leg.desk, "queue": leg.queue, "offered_at": leg.offered_at,
        "answered_at": leg.answered_at, "ended_at": leg.ended_at, "result": leg.result, "talk_ms": leg.talk_ms,
        "wrap_ms": leg.wrap_ms, "cause": leg.cause,
    }


def calls_since(since: datetime, until: datetime | None = None, centre: int | None = None) -> QuerySet[Call]:
    """By the moment of entering (C8), the oldest first."""
    rows = Call.objects.filter(entered_at__gte=since)
    rows = rows.filter(entered_at__lt=until) if until else rows
    return (rows.filter(centre_id=centre) if centre else rows).order_by("entered_at", "id")
