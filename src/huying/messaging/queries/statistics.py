"""Counts of messages: what was sent, what arrived, by carrier and by scene (R196)."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from huying.messaging.catalog import CARRIER_LABELS, Carrier, State
from huying.messaging.models import Message
from huying.messaging.rules import SCENES

_COUNTS: dict[str, Any] = {
    "all": Count("id"),
    "sent": Count("id", filter=Q(sent_at__isnull=False)),
    "delivered": Count("id", filter=Q(state=State.DELIVERED)),
    "failed": Count("id", filter=Q(state=State.FAILED)),
    "kept_back": Count("id", filter=Q(state__in=[State.SKIPPED, State.OPTED_OUT])),
    "parts": Sum("segments", filter=Q(state__in=[State.SENT, State.DELIVERED])),
}


def _counted(messages: QuerySet[Message], column: str, start: datetime, end: datetime) -> list[dict[str, Any]]:
    rows = messages.filter(created_at__gte=start, created_at__lt=end).values(column).annotate(**_COUNTS)
    return [{**row, "parts": row["parts"] or 0} for row in rows.order_by(column)]


def by_carrier(messages: QuerySet[Message], start: datetime, end: datetime) -> list[dict[str, Any]]:
    """`sent`, `delivered`, `failed`, `kept_back`, billed `parts` of each carrier from `start` up to `end`."""
    found = {row["carrier"]: row for row in _counted(messages, "carrier", start, end)}
    none = dict.fromkeys(_COUNTS, 0)
    return [{"label": CARRIER_LABELS[code], **none, **found.get(code, {}), "carrier": str(code)} for code in Carrier]


def by_scene(messages: QuerySet[Message], start: datetime, end: datetime) -> list[dict[str, Any]]:
    """The same per scene, scenes without any left out."""
    rows = _counted(messages, "scene", start, end)
    return [{"label": SCENES[row["scene"]].label if row["scene"] in SCENES else row["scene"], **row} for row in rows]
