"""What cannot be: looked for in every call of a load run, and in tests in whatever hypothesis makes up."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from huying.calls.catalog import Outcome
from huying.calls.rules.fold.company import milliseconds
from huying.calls.rules.fold.facts import CallFacts, LegFacts


def faults(facts: CallFacts, *, complete: bool = True) -> list[str]:
    """Sentences for people who look for the cause; empty is right. `complete`: the call is over and all records are in."""
    found = [*_order(facts), *_parts(facts), *_two_agents(facts)]
    if complete:
        found += _unfinished(facts)
    return found


def _order(facts: CallFacts) -> Iterator[str]:
    names = ("entered_at", "queued_at", "answered_at", "ended_at")
    steps = [(name, at) for name in names if (at := getattr(facts, name))]
    for (earlier, before), (later, after) in pairwise(steps):
        if after < before:
            yield f"{later} before {earlier}"
    if facts.offered_at and facts.answered_at and facts.answered_at < facts.offered_at:
        yield "answered before it rang"
    if [line["at"] for line in facts.milestones] != sorted(line["at"] for line in facts.milestones):
        yield "milestones out of order"


def _parts(facts: CallFacts) -> Iterator[str]:
    if not facts.answered_at:
        if facts.talk_ms or facts.hold_ms:
            yield "talk without an answer"
        return
    until = facts.ended_at
    if until and facts.talk_ms + facts.hold_ms > milliseconds(facts.answered_at, until):
        yield "talk and hold are longer than the time since the answer"


def _two_agents(facts: CallFacts) -> Iterator[str]:
    if facts.conferences or facts.transfers:
        return
    served = [leg for leg in facts.legs if leg.role == "agent" and leg.answered_at and leg.talk_ms and leg.offered_at]
    served.sort(key=lambda leg: (leg.answered_at, leg.uniqueid))
    for one, other in pairwise(served):
        if _end(one) > (other.answered_at or _end(other)):
            yield f"{one.extension} and {other.extension} on one caller"


def _end(leg: LegFacts) -> datetime:
    return leg.ended_at or datetime.max.replace(tzinfo=leg.answered_at.tzinfo if leg.answered_at else None)


def _unfinished(facts: CallFacts) -> Iterator[str]:
    if facts.ended_at is None or facts.outcome == Outcome.GOING_ON:
        yield "not ended"
    for leg in facts.legs:
        if leg.ended_at is None and leg.role != "monitor":
            yield f"{leg.channel} not ended"
    if facts.outcome == Outcome.ANSWERED and facts.answered_at is None:
        yield "answered, nobody knows when"
    if facts.milestones and facts.milestones[-1]["kind"] == "entered":
        yield "nothing after it entered"
