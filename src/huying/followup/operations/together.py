"""One person with several orders waiting is called once (roles.md 5.5: 同一人多单合并一次回访)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from huying.followup.models import FollowUp
from huying.followup.models.follow_up import OPEN
from huying.followup.operations.rounds import HeldByOther, person_of
from huying.kernel.errors import Refusal
from huying.org.policies import Actor
from huying.workorders.models import WorkOrder
from huying.workorders.operations import act
from huying.workorders.policies import visible_to
from huying.workorders.queries import NoSuchOrder
from huying.workorders.workflow import State


class TriedAlready(Refusal):
    code = "tried_already"
    message = "刚刚已登记过一次拨打，请核对最新的拨打记录"


@transaction.atomic
def start_together(*, actor: Actor, number: str) -> list[str]:
    """Take this follow-up and the others waiting for the same person; their numbers, this one first.

    One that a colleague holds is left to him; only for the order asked for that raises HeldByOther.
    """
    others = same_person(actor, number)
    hold([number, *others])
    act(actor=actor, number=number, code="start_follow_up", data={})
    taken = [number]
    for other in others:
        try:
            with transaction.atomic():
                act(actor=actor, number=other, code="start_follow_up", data={})
        except HeldByOther:
            continue
        taken.append(other)
    return taken


@transaction.atomic
def attempt_together(
    *, actor: Actor, number: str, others: Iterable[str], data: Mapping[str, Any], seen: int | None = None
) -> list[str]:
    """One attempt for this order and for those of `others` that wait for the same person; the numbers it stands on.

    `seen`: how many attempts the person saw on his page. Raises TriedAlready when it has become more: a double click,
    or a colleague.
    """
    if seen is not None:
        check_seen(actor, number, seen)
    allowed = same_person(actor, number)
    wanted = [number, *(other for other in allowed if other in set(others))]
    hold(wanted)
    for each in wanted:
        begin(actor, each)
        act(actor=actor, number=each, code="attempt", data=data)
    return wanted


def hold(numbers: list[str]) -> None:
    """Lock them all in one order: two callers who begin at different ends of the list do not wait for each other."""
    list(WorkOrder.objects.select_for_update().filter(number__in=numbers).order_by("pk").values_list("pk", flat=True))


def check_seen(actor: Actor, number: str, seen: int) -> None:
    row = FollowUp.objects.select_for_update(of=("self",)).filter(
        order__in=visible_to(actor).filter(number=number), state__in=OPEN
    ).first()
    if row is not None and row.attempts_made != seen:
        raise TriedAlready


def begin(actor: Actor, number: str) -> None:
    """Into following up, if the order still waits in the pool."""
    state = visible_to(actor).filter(number=number).values_list("state", flat=True).first()
    if state is None:
        raise NoSuchOrder
    if state == State.TO_FOLLOW_UP:
        act(actor=actor, number=number, code="start_follow_up", data={})


def same_person(actor: Actor, number: str) -> list[str]:
    """Numbers of the other orders waiting for the same phone in the same centre, the first due first."""
    order = visible_to(actor).select_related("contact").filter(number=number).first()
    if order is None:
        return []
    rows = WorkOrder.objects.filter(
        pk__in=visible_to(actor).values("pk"), centre_id=order.centre_id, follow_ups__state__in=OPEN,
        follow_ups__person=person_of(order),
    ).exclude(pk=order.pk).order_by("follow_ups__due_at")
    return list(rows.values_list("number", flat=True)[:50])
