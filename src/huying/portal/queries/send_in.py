"""From a filled-in form to what the hotline takes in, and what the person is told about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from huying.citizens.models import Caller
from huying.org.policies import Actor
from huying.portal.queries.centres import Open
from huying.portal.rules.wording import VOICE_ONLY, guess_kind, split_place, title_of
from huying.workorders.catalog import Channel
from huying.workorders.models import Clock, WorkOrder
from huying.workorders.operations import NewOrder
from huying.workorders.queries.similar import repeats


class Filled(Protocol):
    """The part of the form that is read here."""

    opened: Open
    cleaned_data: dict[str, Any]

    def extra_values(self) -> dict[str, str]: ...


def appeal_of(form: Filled) -> NewOrder:
    """The order-to-be. Anonymous: no contact at all, and the place stays whole, as it is not where the person lives."""
    said, rules = form.cleaned_data, form.opened.rules
    anonymous = bool(said.get("anonymous"))
    content = said["content"] or VOICE_ONLY
    place, private = (said["place"].strip(), "") if anonymous else split_place(said["place"])
    return NewOrder(
        kind=said.get("kind") or guess_kind(content, rules.kinds), title=title_of(content), content=content,
        channel=Channel.WEB, template=form.opened.code, region=said.get("region", ""), place=place, address=private,
        confidential=True if said.get("confidential") else None, fields=form.extra_values(),
        name="" if anonymous else said.get("name", "").strip(), phone="" if anonymous else said.get("phone", ""),
        caller_kind=Caller.Kind.ANONYMOUS if anonymous else said.get("identity") or Caller.Kind.RESIDENT,
    )


def same_matter(actor: Actor, form: Filled) -> list[WorkOrder]:
    """This person's own open orders that read like the same matter: an urge, not a second order (rules.md 3.3, R097)."""
    said = form.cleaned_data
    if said.get("anonymous") or not said.get("phone"):
        return []
    text = f"{title_of(said['content'])}\n{said['content']}\n{said['place']}"
    return [row.order for row in repeats(actor, text=text, phone=said["phone"]) if row.order.is_open][:3]


@dataclass(frozen=True, slots=True)
class Next:
    """Until when the hotline looks at it, and until when there is an answer."""

    review_by: datetime | None
    answer_by: datetime | None


def first_deadline(order: WorkOrder) -> Next:
    rows = dict(order.clocks.filter(state=Clock.State.RUNNING, assignment=None).values_list("kind", "due_at"))
    return Next(rows.get(Clock.Kind.REVIEW), rows.get(Clock.Kind.ANSWER))
