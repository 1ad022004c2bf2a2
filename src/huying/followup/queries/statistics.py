"""Indicators of following up, as whole-number fractions whose rows can be listed (K2-08, K3-03, R067, R089)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from huying.followup.catalog import Result
from huying.followup.models import Answers, FollowUp, Rating
from huying.followup.rules import Tally, Weights
from huying.kernel import clock
from huying.org.policies import Actor
from huying.workorders.models import WorkOrder
from huying.workorders.policies import visible_to
from huying.workorders.workflow import State


@dataclass(frozen=True)
class Rate:
    """`good` and `all` are the rows behind numerator and denominator."""

    good: QuerySet[Any]
    all: QuerySet[Any]

    @property
    def numerator(self) -> int:
        return self.good.count()

    @property
    def denominator(self) -> int:
        return self.all.count()


def executed_rate(actor: Actor, start: datetime, end: datetime) -> Rate:
    """交办工单全回访 (K2-08): dispatched orders closed in the time; left out are those exempt with a ground on record.

    Not reached at three different times counts as executed, and is shown apart (`FollowUp.result`).
    """
    closed = visible_to(actor).filter(state=State.CLOSED, direct=False, closed_at__gte=start, closed_at__lt=end)
    closed = closed.filter(dispatched_at__isnull=False)
    rounds = FollowUp.objects.filter(order=OuterRef("pk"))
    executed = rounds.filter(result__in=[Result.REACHED, Result.UNREACHED])
    exempt = rounds.filter(result=Result.EXEMPT)
    counted: QuerySet[WorkOrder] = closed.exclude(Exists(exempt) & ~Exists(executed))
    return Rate(counted.filter(Exists(executed)), counted)


def timely_rate(actor: Actor, start: datetime, end: datetime) -> Rate:
    """24 小时回访及时率 (K3-03): rounds opened in the time and either tried or past their due time; the first attempt in
    time is timely, whoever answers. Left out: nobody to call, or exempt before any attempt."""
    rows = FollowUp.objects.filter(
        order__in=visible_to(actor).values("pk"), opened_at__gte=start, opened_at__lt=end
    ).exclude(state=FollowUp.State.CANCELLED)
    rows = rows.exclude(first_attempt_at=None, result=Result.EXEMPT)
    rows = rows.filter(Q(first_attempt_at__isnull=False) | Q(due_at__lt=clock.now()))
    return Rate(rows.filter(first_attempt_at__lte=F("due_at")), rows)


def satisfaction(
    actor: Actor, start: datetime, end: datetime, weights: Weights, *, source: str = "answers"
) -> tuple[dict[str, int], Tally]:
    """Answers per level and the rate by `weights`. `source`: what follow-up callers heard ("answers", the final word of
    each order in the time), or what citizens gave themselves ("ratings")."""
    seen = visible_to(actor).values("pk")
    if source == "ratings":
        rows: QuerySet[Any] = Rating.objects.filter(order__in=seen, at__gte=start, at__lt=end)
    else:
        inside = Answers.objects.filter(at__gte=start, at__lt=end)
        later = inside.filter(order=OuterRef("order"), pk__gt=OuterRef("pk"))
        rows = inside.filter(~Exists(later), order__in=seen)
    counts = dict(rows.values_list("satisfaction").annotate(Count("pk")).order_by())
    return counts, weights.tally(counts)
