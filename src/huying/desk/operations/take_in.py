"""One form, one effect: an appeal is taken in and decided on, or becomes an urge on the order that is already open."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from huying.kernel.errors import Refusal
from huying.org.policies import Actor
from huying.workorders.models import Attachment, Draft, Link, OrderCall, WorkOrder
from huying.workorders.operations import NewOrder, act, create_order
from huying.workorders.operations.calls import tie_call
from huying.workorders.operations.drafts import once_key, own_draft
from huying.workorders.operations.once import once
from huying.workorders.operations.reuse import link_earlier
from huying.workorders.operations.reward import make_code
from huying.workorders.policies import visible_to
from huying.workorders.queries import NoSuchOrder, template_of
from huying.workorders.queries.similar import same_caller
from huying.workorders.workflow import State

ANY_BODY = hashlib.sha256(b"intake").digest()
"""Whatever a form holds when it is sent again, the first sending counts."""

SAID_BY_ITSELF = {"direct_answer", "decline"}


class SomebodyElse(Refusal):
    code = "somebody_else"
    message = "这张工单不是该来电人的，不能作为催单；如属同一事项请登记后由工单员并单"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the new order has to do with earlier ones: numbers, or empty."""

    copied: str = ""
    repeats: str = ""
    reviews: str = ""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """`number` of the order; `again`: it had been taken in before; `reward_code`: to be told once, never kept."""

    number: str
    again: bool = False
    reward_code: str = ""


@transaction.atomic
def take_in(
    *, actor: Actor, key: UUID, new: NewOrder, code: str, data: Mapping[str, Any], earlier: Earlier | None = None,
    call: int | None = None,
) -> TakenIn:
    """Create the order and take action `code` (submit, direct_answer, dispatch, decline) on it, both or neither.

    The form's `key` makes it happen once: sent again it answers with the first order (R277, R278). The draft of that
    key is used up, its files become the order's. Raises NotAllowed, BadInput and what the action itself refuses.
    """
    actor.must("workorders.intake")
    assert actor.staff is not None
    centre = actor.staff.centre
    reward: list[str] = []

    def effect() -> WorkOrder:
        order = create_order(
            actor=actor, centre=centre, new=new, state=State.DRAFT, announce=code not in SAID_BY_ITSELF
        )
        tie(actor, order, earlier or Earlier())
        tie_call(order, call, OrderCall.Kind.INTAKE)
        use_up_draft(actor, key, order)
        if template_of(order.template).flow.reward and code != "decline":
            reward.append(make_code(order))
        return act(actor=actor, number=order.number, code=code, data=data)

    return once_only(actor, key, effect, reward)


def tie(actor: Actor, order: WorkOrder, earlier: Earlier) -> None:
    """Links to earlier orders, each at most once."""
    for number, kind in (
        (earlier.copied, Link.Kind.COPY), (earlier.repeats, Link.Kind.REPEAT), (earlier.reviews, Link.Kind.REVIEW)
    ):
        if number:
            link_earlier(actor=actor, order=order, number=number, kind=kind)


def use_up_draft(
    actor: Actor, key: UUID, order: WorkOrder, purpose: Attachment.Purpose = Attachment.Purpose.APPEAL
) -> None:
    draft = own_draft(actor, key)
    if draft is not None:
        Attachment.objects.filter(draft=draft).update(order=order, draft=None, purpose=purpose)
        draft.delete()


@transaction.atomic
def urge_instead(
    *, actor: Actor, key: UUID, number: str, phone: str, note: str, call: int | None = None
) -> TakenIn:
    """The same person asks again about an open matter: an urge on that order, never a second one (rules.md 3.3).

    Once per form. Raises NoSuchOrder, SomebodyElse for another person's order, AlreadyDone for a closed one.
    """

    def effect() -> WorkOrder:
        order = visible_to(actor).select_related("contact").filter(number=number).first()
        if order is None:
            raise NoSuchOrder
        if not same_caller(order, phone):
            raise SomebodyElse
        use_up_draft(actor, key, order, purpose=Attachment.Purpose.SUPPLEMENT)
        tie_call(order, call, OrderCall.Kind.URGE)
        return act(actor=actor, number=number, code="urge", data={"note": note})

    return once_only(actor, key, effect, [])


def once_only(actor: Actor, key: UUID, effect: Callable[[], WorkOrder], reward: list[str]) -> TakenIn:
    outcome = once(actor, once_key(key), ANY_BODY, effect)
    if outcome.order is None:  # a save that came in between must not leave a draft of what is an order already
        Draft.objects.filter(key=key, staff=actor.staff).delete()
    return TakenIn(outcome.number, again=outcome.order is None, reward_code="".join(reward))
