"""Who did how much of the calls: of a call that several people handled, each one's own talk and after-call work (R224).

A call is counted once, with the person who answered first. Whoever else talked in it, or was asked for advice, `joined`
it, once however often he came in. Talk is each one's own, so of three at once both agents' time counts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import (
    Case,
    CharField,
    Count,
    ExpressionWrapper,
    F,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.fields import DurationField
from django.db.models.functions import Cast, Concat

from huying.calls.models import Leg
from huying.calls.queries.asked import STEPS, Question, asked, conditions, counted
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor

NAMES = ("joined", "own_talk_ms", "own_wrap_ms", "advice_ms")
Place = tuple[date | None, str]


def taken_part(actor: Actor, question: Question) -> Any:
    """The telephones that were answered in the incoming answered calls of the question. `person`: a staff's key, or
    "x:SEAT" of one without an account; `first`: whose call it is."""
    whose = [key for name, key in question.of if name == "agent"]
    others = replace(question, of=tuple(pair for pair in question.of if pair[0] != "agent"))
    calls = asked(actor, others).filter(conditions(others)["answered"]).order_by()
    legs = Leg.objects.filter(
        call__in=calls.values("pk"), answered_at__isnull=False, role__in=[Leg.Role.AGENT, Leg.Role.CONSULT]
    ).exclude(staff=None, extension="")
    legs = legs.annotate(
        person=person("staff", F("extension")),
        first=person("call__agent", F("call__agent_seat")),
    )
    return legs.filter(person__in=whose) if whose else legs


def person(staff: str, seat: Any) -> Case:
    text = CharField()
    return Case(
        When(**{f"{staff}__isnull": False}, then=Cast(f"{staff}_id", text)), default=Concat(Value("x:"), seat, output_field=text)
    )


def joined(actor: Actor, question: Question) -> QuerySet[Leg]:
    """One row for each person of each call who was not the first, the newest call first."""
    legs = taken_part(actor, question).exclude(person=F("first")).order_by()
    once = legs.values("call", "person").annotate(one=Min("pk")).values("one")
    rows = Leg.objects.filter(pk__in=once).select_related("staff", "call__group", "call__agent", "call__centre")
    return rows.order_by("-call__entered_at", "-call_id", "id")


def shares_of(actor: Actor, question: Question) -> dict[Place, dict[str, int]]:
    """By time (as the question wants it) and person: the counts of NAMES."""
    legs, names = taken_part(actor, question), ["person"]
    if question.step:
        legs = legs.annotate(bucket=STEPS[question.step]("call__entered_at", tzinfo=SHANGHAI))
        names.append("bucket")
    advised = ExpressionWrapper(F("ended_at") - F("answered_at"), DurationField())
    sums = {
        "n_joined": Count("call", distinct=True, filter=~Q(person=F("first"))), "n_own_talk_ms": Sum("talk_ms"),
        "n_own_wrap_ms": Sum("wrap_ms"), "n_advice_ms": Sum(advised, filter=Q(role=Leg.Role.CONSULT)),
    }
    found = {}
    with whole_tables():
        for row in legs.order_by().values(*names).annotate(**sums):
            day = row["bucket"].astimezone(SHANGHAI).date() if question.step else None
            found[day, row["person"]] = counted(row)
    return found


@contextmanager
def whole_tables() -> Iterator[None]:
    """Joins inside the block read both tables once. PostgreSQL would rather look up row after row while it does not know
    yet how many there are: after a log was imported, that takes minutes for a month."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


def shares_in_all(actor: Actor, question: Question) -> dict[str, int]:
    """The sum of what `shares_of` tells."""
    rows = shares_of(actor, replace(question, step="")).values()
    return {name: sum(row[name] for row in rows) for name in NAMES}


def with_handled(counts: dict[str, int], share: dict[str, int]) -> dict[str, int]:
    """`handled`: calls of one's own and those joined; what the means are over."""
    whole = {**counts, **dict.fromkeys(NAMES, 0), **share}
    return {**whole, "handled": whole["answered"] + whole["joined"]}


def no_counts(question: Question) -> dict[str, int]:
    """Of whoever answered no call first."""
    names = [*conditions(question), "wait_ms", "talk_ms", "hold_ms", "wrap_ms", "out_talk_ms"]
    return dict.fromkeys(names, 0)
