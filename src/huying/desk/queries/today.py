"""One agent's day: what was taken, what came back, what is left to do."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from huying.audit.models import Event
from huying.kernel import clock
from huying.org.models import Staff
from huying.workorders.models import Draft, WorkOrder
from huying.workorders.workflow import FINAL, State

COUNTED = {
    "create": "受理", "direct_answer": "直接答复", "submit": "送审", "dispatch": "派单", "decline": "不予受理", "urge": "催办"
}
NEAR = timedelta(hours=2)
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Returned:
    """An order that the reviewer gave back, with who, when and why."""

    order: WorkOrder
    who: str = ""
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list: nothing of the contact part is opened for it."""

    draft: Draft

    @property
    def title(self) -> str:
        for name in ("title", "content"):
            text = str((self.draft.data.get(name) or [""])[0]).strip()
            if text:
                return text[:60]
        return "（还没有写标题）"

    @property
    def files(self) -> int:
        return self.draft.attachments.count()


def midnight() -> datetime:
    """The beginning of today in Shanghai."""
    return clock.now().astimezone(clock.SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


def figures(staff: Staff) -> list[tuple[str, int]]:
    """How often this person did what today, in the order of COUNTED."""
    kinds = Event.objects.filter(
        centre_id=staff.centre_id, at__gte=midnight(), actor_id=staff.pk, actor_kind="staff", stream="order",
        kind__in=COUNTED,
    ).values_list("kind", flat=True)
    counts = Counter(kinds)
    return [(label, counts[kind]) for kind, label in COUNTED.items()]


def returned_to(staff: Staff) -> list[Returned]:
    """Orders that wait for this person to put them right, the oldest first."""
    rows = list(WorkOrder.objects.filter(state=State.DRAFT, holder=staff).order_by("created_at")[:SHOWN])
    last: dict[int, Event] = {}
    for event in Event.objects.filter(
        stream="order", stream_id__in=[row.pk for row in rows], kind="reject_review"
    ).order_by("seq"):
        last[event.stream_id] = event
    return [_returned(row, last.get(row.pk)) for row in rows]


def _returned(order: WorkOrder, event: Event | None) -> Returned:
    return Returned(order, event.actor_name, event.at, event.reason) if event else Returned(order)


def returned_count(actor: Any) -> int | None:
    """For the menu: how many came back."""
    if actor.staff is None:
        return None
    return WorkOrder.objects.filter(state=State.DRAFT, holder=actor.staff)[:100].count()


def drafts_of(staff: Staff) -> list[DraftRow]:
    """What this person has typed and not sent, the newest first."""
    return [DraftRow(draft) for draft in Draft.objects.filter(staff=staff).order_by("-updated_at")[:SHOWN]]


def pressing(staff: Staff) -> list[WorkOrder]:
    """This person's open orders that are urgent, overdue, or due within two hours."""
    soon = Q(urgency__in=["critical", "urgent"]) | Q(due_at__lt=clock.now() + NEAR)
    rows = WorkOrder.objects.filter(created_by=staff, created_at__gte=clock.now() - timedelta(days=90))
    return list(rows.filter(soon).exclude(state__in=FINAL).select_related("unit").order_by("due_at", "id")[:SHOWN])


def taken_today(staff: Staff) -> list[WorkOrder]:
    rows = WorkOrder.objects.filter(created_by=staff, created_at__gte=midnight()).select_related("unit")
    return list(rows.order_by("-created_at", "-id")[:SHOWN])
