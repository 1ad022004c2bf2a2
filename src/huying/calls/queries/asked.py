"""What a report of calls asks, and which calls each of its figures counts (R223, R224, C1, C5).

One set of conditions serves the counting and the list of calls behind each figure, so a figure is what it opens. A day's
rows are those that entered on it (C8), in Shanghai; a month is its days, because all are sums over the same rows.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDay, TruncMonth, TruncWeek

from huying.calls.catalog import Outcome
from huying.calls.models import Call
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor
from huying.org.policies.manage import managed_centres

Step = Literal["", "day", "week", "month"]
By = Literal["", "centre", "group", "number", "agent", "desk"]
STEPS: dict[str, Any] = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}
KEYS = {"centre": "centre_id", "group": "group_id", "number": "called", "agent": "agent_id"}
NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for. `seconds`: the threshold, included; `start`: the wait counts from the queue or from entering;
    `happy`: the lowest key that counts as satisfied (5 is best); `of`: pairs of dimension and key that narrow."""

    since: date
    until: date
    step: Step = ""
    by: By = ""
    seconds: int = 20
    start: Literal["queued", "entered"] = "queued"
    happy: int = 4
    of: tuple[tuple[str, str], ...] = ()

    @property
    def span(self) -> tuple[datetime, datetime]:
        return midnight(self.since), midnight(self.until + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a report: from which day ("" when not by time), of whom, and the counts."""

    day: date | None
    key: str
    name: str
    counts: dict[str, int]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def conditions(question: Question) -> dict[str, Q]:
    """Figure -> which calls it counts."""
    came = Q(direction=Call.Direction.IN)
    wanted = came & Q(human_at__isnull=False)
    answered = wanted & Q(answered_at__isnull=False)
    gave_up = wanted & Q(answered_at__isnull=True, outcome=Outcome.ABANDONED)
    lost = wanted & Q(answered_at__isnull=True, outcome=Outcome.LOST)
    limit = timedelta(seconds=question.seconds)
    out = Q(direction=Call.Direction.OUT)
    rated = answered & Q(rating__isnull=False)
    return {
        "calls": came, "menu": came & Q(human_at__isnull=True), "wanted": wanted, "answered": answered,
        "in_time": answered & Q(waited__lte=limit), "gave_up": gave_up, "gave_up_early": gave_up & Q(lasted__lte=limit),
        "lost": lost, "other": wanted & Q(answered_at__isnull=True) & ~Q(outcome__in=[Outcome.ABANDONED, Outcome.LOST]),
        "invited": answered & Q(invited_at__isnull=False), "rated": rated, "happy": rated & Q(rating__gte=question.happy),
        **{f"key{key}": rated & Q(rating=key) for key in range(1, 6)}, "out": out,
        "out_answered": out & Q(answered_at__isnull=False),
    }


def sums(question: Question) -> dict[str, tuple[Any, Q]]:
    """Milliseconds, over answered calls (outgoing ones apart)."""
    kinds = conditions(question)
    answered, out = kinds["answered"], kinds["out_answered"]
    return {
        "wait_ms": (F("waited"), answered), "talk_ms": (F("talk_ms"), answered), "hold_ms": (F("hold_ms"), answered),
        "wrap_ms": (F("wrap_ms"), answered), "out_talk_ms": (F("talk_ms"), out),
    }


def calls_reported_to(actor: Actor) -> QuerySet[Call]:
    """Of the own centre and those below it, tests left out (C10); nobody's without the right."""
    if not actor.may("calls.report"):
        return Call.objects.none()
    return Call.objects.filter(centre__in=managed_centres(actor), is_test=False)


def asked(actor: Actor, question: Question) -> QuerySet[Call]:
    """All calls of the question, with `waited` and `lasted` (until the call's end) since the chosen beginning."""
    since, until = question.span
    rows = calls_reported_to(actor).filter(entered_at__gte=since, entered_at__lt=until).exclude(direction=Call.Direction.INTERNAL)
    begun = F("entered_at") if question.start == "entered" else Coalesce("queued_at", "human_at")
    kind = DurationField()
    rows = rows.annotate(
        waited=ExpressionWrapper(F("answered_at") - begun, kind), lasted=ExpressionWrapper(F("ended_at") - begun, kind)
    )
    for name, key in question.of:
        rows = keyed(rows, name, key)
    return rows


def keyed(rows: QuerySet[Call], name: str, key: str) -> QuerySet[Call]:
    """Only the calls of one centre, group, number or agent; "-" those of none; "x:NAME" an agent without an account."""
    if name == "number":
        return rows.filter(called="" if key == NOBODY else key)
    if name == "agent" and (key == NOBODY or key.startswith("x:")):
        found: QuerySet[Call] = rows.filter(agent=None, agent_seat="" if key == NOBODY else key[2:])
        return found
    if key == NOBODY:
        return rows.filter(**{KEYS[name]: None})
    return rows.filter(**{KEYS[name]: int(key)}) if key.isdecimal() and len(key) < 18 else rows.none()


def aggregates(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {f"n_{name}": Count("pk", filter=which) for name, which in conditions(question).items()}
    for name, (what, which) in sums(question).items():
        found[f"n_{name}"] = Sum(what, filter=which)
    return found


def counted(values: dict[str, Any]) -> dict[str, int]:
    """Durations become whole milliseconds."""
    found = {}
    for name, value in values.items():
        if name.startswith("n_"):
            amount = value or 0
            found[name[2:]] = round(amount / timedelta(milliseconds=1)) if isinstance(amount, timedelta) else int(amount)
    return found
