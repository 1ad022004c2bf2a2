"""The queues as they are now, and how today's requests for a person were answered (K2-01, K5-05)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Min, Q
from django.db.models.functions import ExtractHour

from huying.calls.models import Call, SkillGroup
from huying.calls.queries.asked import midnight
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class QueueNow:
    """Seconds count from the request for a person; whoever gave up stands in `asked` all the same."""

    group: SkillGroup
    waiting: int
    longest_wait_s: float
    asked: int
    answered: int
    within_15s: int
    within_20s: int


@dataclass(frozen=True, slots=True)
class HourNow:
    """What the lines of one hour of today brought: callers who asked for a person, and who were answered."""

    hour: int
    asked: int
    answered: int


def today_by_hour(centres: Iterable[int], now: datetime) -> list[HourNow]:
    """Of the hours from 0 to the present one; an hour without calls is there with zeros."""
    local = now.astimezone(SHANGHAI)
    rows = Call.objects.filter(
        centre__in=centres, direction=Call.Direction.IN, human_at__gte=midnight(local.date()), is_test=False
    )
    by_hour = rows.annotate(hour=ExtractHour("human_at", tzinfo=SHANGHAI)).values("hour").order_by()
    found = {row["hour"]: row for row in by_hour.annotate(asked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)))}
    none = {"asked": 0, "answered": 0}
    return [HourNow(hour, (row := found.get(hour, none))["asked"], row["answered"]) for hour in range(local.hour + 1)]


def queues_now(centres: Iterable[int] | None = None, *, at: datetime | None = None) -> list[QueueNow]:
    """One row for each group in use, of `centres` (none told: all that the connection may see)."""
    now = at or clock.now()
    rows = SkillGroup.objects.filter(is_active=True).select_related("centre")
    groups = list(rows if centres is None else rows.filter(centre_id__in=list(centres)))
    waiting, today = _waiting(groups), _today(groups, now)
    return [_row(group, waiting.get(group.pk), today.get(group.pk), now) for group in groups]


def _row(group: SkillGroup, waiting: tuple[int, datetime] | None, today: tuple[int, ...] | None, now: datetime) -> QueueNow:
    count, since = waiting or (0, now)
    return QueueNow(group, count, max(0.0, (now - since).total_seconds()), *(today or (0, 0, 0, 0)))


def _waiting(groups: list[SkillGroup]) -> dict[int, tuple[int, datetime]]:
    """Callers in the queue at this moment, and since when the first of them stands there."""
    rows = Call.objects.filter(group__in=groups, ended_at=None, answered_at=None, queued_at__isnull=False)
    found = rows.values("group").annotate(count=Count("pk"), since=Min("queued_at")).order_by()
    return {row["group"]: (row["count"], row["since"]) for row in found}


def _today(groups: list[SkillGroup], now: datetime) -> dict[int, tuple[int, ...]]:
    since = midnight(now.astimezone(SHANGHAI).date())
    rows = Call.objects.filter(group__in=groups, direction=Call.Direction.IN, human_at__gte=since, is_test=False)
    found = rows.values("group").order_by().annotate(
        asked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)), in15=within(15), in20=within(20),
    )
    return {row["group"]: (row["asked"], row["answered"], row["in15"], row["in20"]) for row in found}


def within(seconds: int) -> Count:
    """Of calls: answered within so many seconds of asking for a person, 15.000 included (kpi.md C14)."""
    limit = ExpressionWrapper(F("human_at") + timedelta(seconds=seconds), output_field=DateTimeField())
    return Count("pk", filter=Q(answered_at__lte=limit))
