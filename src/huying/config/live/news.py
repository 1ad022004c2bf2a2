"""What an event means for those who watch: looked up once, whoever listens. Runs in a thread; holds no connection."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Q

from huying.audit.models import Event
from huying.audit.queries import ALL, tenant_scope
from huying.workorders.models import Assignment, WorkOrder
from huying.workorders.rules.desks import topics
from huying.workorders.workflow import Task

OVERLAP, OVERLAP_FOR = 400, timedelta(seconds=2)
"""Ids are given out before commit, so an event may appear below one that was told already: replay begins a little
earlier, by so many ids and no further back than so long before."""

REPLAY_MOST = 2000


@dataclass(frozen=True, slots=True)
class News:
    """One event of one order, and who may know: the order's centre, or the paths of the units it was sent to."""

    event_id: int
    number: str
    kind: str
    topics: tuple[str, ...]
    centre_id: int
    unit_paths: tuple[str, ...]
    sensitive: bool
    by: int | None


def news_of(event_ids: Iterable[int]) -> list[News]:
    """The news of these events in order of id."""
    try:
        with tenant_scope(ALL):
            events = list(Event.objects.filter(pk__in=list(event_ids), stream="order").order_by("pk"))
            return _told(events)
    finally:
        connection.close()


def news_since(last_id: int) -> list[News]:
    """What was missed after event `last_id`, with some overlap (the browser knows what it has seen)."""
    try:
        with tenant_scope(ALL):
            last = Event.objects.filter(pk=last_id).values_list("at", flat=True).first()
            late = Q(pk__gt=last_id - OVERLAP, at__gt=last - OVERLAP_FOR) if last else Q()
            rows = Event.objects.filter(Q(pk__gt=last_id) | late, stream="order").exclude(pk=last_id)
            return _told(sorted(rows.order_by("-pk")[:REPLAY_MOST], key=lambda event: event.pk))
    finally:
        connection.close()


def newest_id() -> int:
    try:
        with tenant_scope(ALL):
            return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    finally:
        connection.close()


def _told(events: list[Event]) -> list[News]:
    ids = {event.stream_id for event in events}
    columns = ("pk", "number", "state", "centre_id", "is_sensitive")
    orders = {row[0]: row for row in WorkOrder.objects.filter(pk__in=ids).values_list(*columns)}
    paths: dict[int, list[str]] = {}
    sent = Assignment.objects.filter(order_id__in=ids).exclude(state=Task.CANCELLED)
    for order, path in sent.values_list("order_id", "unit__path"):
        paths.setdefault(order, []).append(path)
    told = []
    for event in events:
        if event.stream_id in orders:
            pk, number, _state, centre, sensitive = orders[event.stream_id]
            lists = [*topics(event.kind, event.after), "orders"] if event.after or event.kind != "comment" else []
            told.append(News(
                event.pk, number, event.kind, tuple(lists), centre, tuple(paths.get(pk, ())), sensitive,
                event.actor_id,
            ))
    return told
