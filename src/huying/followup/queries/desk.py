"""The follow-up desk: whom to call next. One line per person, however many orders wait for the call."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db.models import Count, Min, Q, QuerySet

from huying.followup.catalog import Result
from huying.followup.models import Attempt, FollowUp
from huying.followup.models.follow_up import OPEN
from huying.followup.rules import Suggestion, suggest
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor
from huying.workorders.policies import visible_to

MOST = 1000
Tab = Literal["all", "mine", "new", "again", "late"]


@dataclass
class Caller:
    """One person to call: the follow-ups waiting, first due first, and when to try."""

    rows: list[FollowUp]
    suggestion: Suggestion

    @property
    def first(self) -> FollowUp:
        return self.rows[0]

    @property
    def more(self) -> int:
        return len(self.rows) - 1

    @property
    def untried(self) -> bool:
        """Whether the 24-hour clock still runs for one of them."""
        return any(row.first_attempt_at is None for row in self.rows)


def open_rows(actor: Actor) -> QuerySet[FollowUp]:
    """The follow-ups this person may take."""
    if not actor.may("followup.call"):
        return FollowUp.objects.none()
    return FollowUp.objects.filter(state__in=OPEN, order__in=visible_to(actor).values("pk"))


def waiting_count(actor: Actor) -> int | None:
    """For the menu, at most 1000."""
    return len(open_rows(actor).values_list("pk", flat=True)[:MOST]) or None


def _tab(rows: QuerySet[FollowUp], tab: Tab, actor: Actor) -> QuerySet[FollowUp]:
    now = clock.now()
    return {
        "all": rows, "mine": rows.filter(claimed_by_id=actor.staff_id, claimed_until__gt=now),
        "new": rows.filter(attempts_made=0), "again": rows.filter(attempts_made__gt=0),
        "late": rows.filter(first_attempt_at=None, due_at__lt=now),
    }[tab]


def tab_counts(actor: Actor) -> dict[str, int]:
    """Follow-ups per tab, each at most 1000."""
    rows = open_rows(actor)
    return {tab: len(_tab(rows, tab, actor).values_list("pk", flat=True)[:MOST]) for tab in TABS}


TABS: tuple[Tab, ...] = ("all", "new", "again", "late", "mine")


def callers_waiting(
    actor: Actor, *, tab: Tab = "all", after: tuple[datetime, int] | None = None, page: int = 50
) -> tuple[list[Caller], tuple[datetime, int] | None]:
    """A page of persons, whoever must be called first on top, and where the next page begins (None on the last)."""
    groups: QuerySet[Any, Any] = _tab(open_rows(actor), tab, actor).values("centre_id", "person")
    groups = groups.annotate(key=Min("pk"), rank=Min("call_by"))
    if after is not None:
        groups = groups.filter(Q(rank__gt=after[0]) | Q(rank=after[0], key__gt=after[1]))
    chosen = list(groups.order_by("rank", "key")[: page + 1])
    last = chosen[page - 1] if len(chosen) > page else None
    return _callers(actor, chosen[:page]), (last["rank"], last["key"]) if last else None


def _callers(actor: Actor, groups: list[dict[str, Any]]) -> list[Caller]:
    """Fill the chosen groups with everything that waits for the same persons."""
    by_person: dict[tuple[int, bytes], list[FollowUp]] = defaultdict(list)
    for row in _full(open_rows(actor).filter(person__in=[bytes(group["person"]) for group in groups])):
        by_person[row.centre_id, bytes(row.person)].append(row)
    attempts = _attempts([row.pk for rows in by_person.values() for row in rows])
    found = []
    for group in groups:
        rows = by_person[group["centre_id"], bytes(group["person"])]
        rows.sort(key=lambda row: (row.call_by, row.pk))
        tried = [at for row in rows for at in attempts[row.pk]]
        found.append(Caller(rows, suggest(tried, rows[0].order.created_at, clock.now())))
    return found


def _full(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.select_related("order__contact", "order__caller", "order__unit", "claimed_by")


def _attempts(keys: list[int]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    for key, at in Attempt.objects.filter(follow_up_id__in=keys).values_list("follow_up_id", "at"):
        found[key].append(at)
    return found


def done_today(actor: Actor) -> dict[str, int]:
    """What this person has finished today, by result."""
    day = clock.now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = FollowUp.objects.filter(finished_by_id=actor.staff_id, finished_at__gte=day, finished_at__lt=day + timedelta(days=1))
    counts = dict(rows.values_list("result").annotate(Count("pk")).order_by())
    return {result: counts.get(result, 0) for result in Result}
