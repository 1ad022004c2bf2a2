"""Calls handed on to other hotlines and offices (110, 12315, 12328, 12366, the region's 12345 …): each with what came of it
and how long they spoke (R226, R228)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum

from huying.calls.models import Leg, OtherDesk
from huying.calls.queries.asked import STEPS, Line, Question, asked, counted
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor
from huying.org.policies.manage import managed_centres

FIGURES = {"passed": Q(), "passed_answered": Q(answered_at__isnull=False)}


def passed_on(actor: Actor, question: Question, figure: str = "passed") -> QuerySet[Leg]:
    """A row for each time another hotline was rung, asked for advice or called in as a third; the newest call first."""
    codes = [key for name, key in question.of if name == "desk"]
    rest = replace(question, of=tuple(pair for pair in question.of if pair[0] != "desk"))
    legs = Leg.objects.filter(FIGURES[figure], call__in=asked(actor, rest).order_by().values("pk")).exclude(desk="")
    legs = legs.filter(desk__in=codes) if codes else legs
    return legs.select_related("call__group", "call__agent", "call__centre").order_by("-call__entered_at", "-call_id", "id")


def desk_lines(actor: Actor, question: Question) -> list[Line]:
    """By time, as the question wants it, and by hotline."""
    legs, names = passed_on(actor, question).order_by(), ["desk"]
    if question.step:
        legs = legs.annotate(bucket=STEPS[question.step]("call__entered_at", tzinfo=SHANGHAI))
        names.append("bucket")
    spoken = ExpressionWrapper(F("ended_at") - F("answered_at"), DurationField())
    sums: dict[str, Any] = {f"n_{name}": Count("pk", filter=which) for name, which in FIGURES.items()}
    titles = desk_names(actor)
    return [
        Line(
            row["bucket"].astimezone(SHANGHAI).date() if question.step else None, row["desk"],
            titles.get(row["desk"], row["desk"]), counted(row),
        )
        for row in legs.values(*names).annotate(**sums, n_passed_ms=Sum(spoken)).order_by(*reversed(names))
    ]


def desks_in_all(lines: list[Line]) -> dict[str, int]:
    return {name: sum(line.counts[name] for line in lines) for name in (*FIGURES, "passed_ms")}


def desk_names(actor: Actor) -> dict[str, str]:
    """Code -> what people call it; where two centres mean another number by one code, the switch calls it 110c7."""
    found = {}
    for desk in OtherDesk.objects.filter(centre__in=managed_centres(actor)).order_by("-centre_id"):
        found[desk.code] = found[f"{desk.code}c{desk.centre_id}"] = desk.name
    return found


def spoken_with(leg: Leg) -> timedelta:
    """From the hotline's answer to its end."""
    return leg.ended_at - leg.answered_at if leg.answered_at and leg.ended_at else timedelta()
