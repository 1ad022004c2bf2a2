"""Reports of calls: whole numbers counted by the database, from which every rate is computed anew (R223, R224, C1, C5)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from huying.calls.models import Call, CalledNumber, SkillGroup
from huying.calls.queries.asked import (
    KEYS,
    NOBODY,
    STEPS,
    Line,
    Question,
    aggregates,
    asked,
    conditions,
    counted,
)
from huying.calls.queries.shares import no_counts, shares_in_all, shares_of, with_handled
from huying.kernel.clock import SHANGHAI
from huying.org.models import Centre, Staff
from huying.org.policies import Actor


def total_of(actor: Actor, question: Question) -> dict[str, int]:
    counts = counted(asked(actor, question).aggregate(**aggregates(question)))
    return with_handled(counts, shares_in_all(actor, question)) if question.by == "agent" else counts


def lines_of(actor: Actor, question: Question) -> list[Line]:
    """The rows of the report, by time and then by name."""
    rows, names = asked(actor, question), []
    if question.step:
        rows = rows.annotate(bucket=STEPS[question.step]("entered_at", tzinfo=SHANGHAI))
        names.append("bucket")
    if question.by:
        names.append(KEYS[question.by])
        if question.by == "agent":
            names.append("agent_seat")
    if not names:
        return [Line(None, "", "", total_of(actor, question))]
    found = list(rows.values(*names).annotate(**aggregates(question)).order_by(*names))
    titles = names_of(question.by, {row[KEYS[question.by]] for row in found}) if question.by else {}
    made: dict[tuple[date | None, str], Line] = {}
    for row in found:
        line = _line(question, row, titles)
        place = (line.day, line.key)
        made[place] = replace(line, counts=added(made[place].counts, line.counts)) if place in made else line
    if question.by == "agent":
        made = shared(actor, question, made)
    return sorted(made.values(), key=lambda line: (line.day or date.min, line.key == NOBODY, line.name, line.key))


def shared(actor: Actor, question: Question, made: dict[tuple[date | None, str], Line]) -> dict[tuple[date | None, str], Line]:
    """With each person's own share of handling; whoever only joined others' calls gets a row."""
    shares = shares_of(actor, question)
    new = {key for _, key in shares} - {key for _, key in made}
    titles = names_of("agent", {int(key) for key in new if key.isdecimal()})
    for day, key in shares.keys() - made.keys():
        known = next((line.name for (_, other), line in made.items() if other == key), "")
        name = known or (titles.get(int(key), key) if key.isdecimal() else key.removeprefix("x:"))
        made[day, key] = Line(day, key, name, no_counts(question))
    return {place: replace(line, counts=with_handled(line.counts, shares.get(place, {}))) for place, line in made.items()}


def added(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: one[name] + other[name] for name in one}


def _line(question: Question, row: dict[str, Any], titles: dict[Any, str]) -> Line:
    day = row["bucket"].astimezone(SHANGHAI).date() if question.step else None
    if not question.by:
        return Line(day, "", "", counted(row))
    value = row[KEYS[question.by]]
    if question.by == "agent" and value is None and row["agent_seat"]:
        return Line(day, f"x:{row['agent_seat']}", row["agent_seat"], counted(row))
    if value in (None, ""):
        return Line(day, NOBODY, NONE[question.by], counted(row))
    return Line(day, str(value), titles.get(value, str(value)), counted(row))


NONE = {"centre": "无", "group": "未进技能组", "number": "无被叫号码", "agent": "无人接听"}


def names_of(by: str, keys: Iterable[Any]) -> dict[Any, str]:
    """What people call them."""
    wanted = [key for key in keys if key not in (None, "")]
    if by == "centre":
        return dict(Centre.objects.filter(pk__in=wanted).values_list("pk", "name"))
    if by == "group":
        return dict(SkillGroup.objects.filter(pk__in=wanted).values_list("pk", "name"))
    if by == "number":
        rows = CalledNumber.objects.filter(number__in=wanted)
        return {row.number: str(row) for row in rows}
    return dict(Staff.objects.filter(pk__in=wanted).values_list("pk", "name"))


def calls_behind(actor: Actor, question: Question, figure: str) -> QuerySet[Call]:
    """The calls that a figure counts, the newest first. `figure` is one of `conditions`."""
    rows = asked(actor, question).filter(conditions(question)[figure])
    return rows.select_related("group", "agent", "centre").order_by("-entered_at", "-pk")


def within(question: Question, day: date | None) -> Question:
    """The question of one row: its stretch of time, no further than the whole one's."""
    if day is None or not question.step:
        return question
    last = {"day": day, "week": day + timedelta(days=6), "month": (day + timedelta(days=31)).replace(day=1) - timedelta(days=1)}
    return replace(question, since=max(day, question.since), until=min(last[question.step], question.until))
