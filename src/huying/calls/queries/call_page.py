"""Everything about one call, for its page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from huying.calls.models import Block, Call, FlowVersion, Leg, OtherDesk, Recording, SkillGroup, Utterance
from huying.calls.queries.route import active_blocks
from huying.calls.rules.course import Line, Pause, lines, pauses
from huying.calls.rules.flow_check import name_of
from huying.org.models import Staff
from huying.org.policies import Actor

Finder = Callable[[Actor, Call], list[dict[str, Any]]]
_finders: list[Finder] = []
PERSONAL = re.compile(r"p(\d{1,9})")
FLOW = re.compile(r"f(\d{1,9})v(\d{1,9})")


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
    utterances: list[Utterance]  # of those what is still kept; their words are not to be shown here


def words_of_call(call: Call) -> QuerySet[Utterance]:
    """What the recogniser wrote down, in order; the words are shown by `reveal_words` only."""
    return Utterance.objects.filter(centre_id=call.centre_id, linkedid=call.linkedid)


def page_of_call(call: Call) -> CallSheet:
    legs = list(call.legs.select_related("staff"))
    people: dict[object, str] = {leg.extension: leg.staff.name for leg in legs if leg.extension and leg.staff}
    people |= {leg.staff_id: leg.staff.name for leg in legs if leg.staff}
    queues = {group.queue: group.name for group in SkillGroup.objects.filter(centre_id=call.centre_id)}
    desks = {f"desk-{desk.code}": desk.name for desk in OtherDesk.objects.filter(centre_id=call.centre_id)}
    course = lines(call.milestones, people, {**queues, **desks, **_personal(call), **_steps(call)})
    spoken = sum(row.get("kind") == "said" for row in call.milestones)
    return CallSheet(course, legs, list(call.recordings.order_by("begun_at", "id")), pauses(call.milestones), spoken,
                     list(words_of_call(call).defer("text")) if spoken else [])


def _personal(call: Call) -> dict[str, str]:
    """Personal queues ("p12"), in which the last agent is waited for, by that person's name."""
    keys = {match[1] for line in call.milestones if (match := PERSONAL.fullmatch(str(line.get("queue", ""))))}
    return {f"p{staff.pk}": f"首问负责：{staff.name}" for staff in Staff.objects.filter(pk__in=keys)}


def _steps(call: Call) -> dict[str, str]:
    """Names of the menus the call went through, and of their steps as they were called then."""
    found = {match[0]: match for line in call.milestones if (match := FLOW.fullmatch(str(line.get("flow", ""))))}
    names: dict[str, str] = {}
    for match in found.values():
        version = FlowVersion.objects.select_related("flow").filter(flow=int(match[1]), number=int(match[2])).first()
        if version is not None:
            names[match[0]] = f"{version.flow.name}（第 {version.number} 版）"
            names |= {f"{match[0]}:{node['id']}": name_of(node) for node in version.graph["nodes"]}
    return names


def block_to_appeal(call: Call) -> Block | None:
    """The block that the caller was let through in spite of, while it is in force and no appeal against it waits."""
    if not call.was_listed:
        return None
    rows = active_blocks(call.centre_id).filter(number_hash=call.number_hash)
    return rows.exclude(appealed_at__isnull=False, appeal_decision="").first()
