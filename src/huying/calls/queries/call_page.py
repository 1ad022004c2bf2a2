"""Everything about one call, for its page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from huying.calls.models import Call, Leg, Recording, SkillGroup, Utterance
from huying.calls.rules.course import Line, Pause, lines, pauses
from huying.org.policies import Actor

Finder = Callable[[Actor, Call], list[dict[str, Any]]]
_finders: list[Finder] = []


def register_orders(finder: Finder) -> None:
    """Enter how the orders of a call are found ({"number", "title", "url"}); for the room above that has orders."""
    _finders[:] = [finder]


def orders_of(actor: Actor, call: Call) -> list[dict[str, Any]]:
    return _finders[0](actor, call) if _finders else []


@dataclass(frozen=True, slots=True)
class CallSheet:
    course: list[Line]
    legs: list[Leg]
    recordings: list[Recording]
    pauses: list[Pause]
    spoken: int  # how often the caller spoke to a step that listens


def words_of_call(call: Call) -> list[Utterance]:
    """What the recogniser wrote down, in order; whoever reads it is to be on record."""
    return list(Utterance.objects.filter(centre_id=call.centre_id, linkedid=call.linkedid))


def page_of_call(call: Call) -> CallSheet:
    legs = list(call.legs.select_related("staff"))
    people = {leg.extension: leg.staff.name for leg in legs if leg.extension and leg.staff}
    queues = {group.queue: group.name for group in SkillGroup.objects.filter(centre_id=call.centre_id)}
    return CallSheet(lines(call.milestones, people, queues), legs, list(call.recordings.order_by("begun_at", "id")),
                     pauses(call.milestones), sum(row.get("kind") == "said" for row in call.milestones))
