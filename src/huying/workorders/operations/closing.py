"""Checking the reply, closing, and bringing a closed order back (R282-R285)."""

from datetime import timedelta
from typing import Any

from huying.kernel import clock as time
from huying.workorders.models import Clock
from huying.workorders.operations.act import Step, performs
from huying.workorders.operations.clocks import hold_below, start_clock, stop_clocks
from huying.workorders.operations.dispatch import take_back
from huying.workorders.operations.handle import back_to_unit
from huying.workorders.operations.search import index_text
from huying.workorders.operations.tell import tell_caller
from huying.workorders.queries.packs import pack_of, template_of
from huying.workorders.workflow import State


@performs("pass_check")
def pass_check(step: Step, data: dict[str, Any]) -> None:
    """The reply stands: the citizen is told, the answer clock stops, follow-up has its 24 hours (K3-03).

    A template without follow-up goes straight to the closing review.
    """
    order = step.order
    stop_clocks(order, Clock.Kind.ANSWER)
    index_text(order)
    step.note(data["note"])
    if template_of(order.template).flow.follow_up:
        start_clock(order, Clock.Kind.FOLLOW_UP, pack_of(order.pack).follow_up)
        step.move(State.TO_FOLLOW_UP)
    else:
        step.move(State.TO_CLOSE)
    tell_caller(order, "replied", answer=order.answer)


@performs("reject_check")
def reject_check(step: Step, data: dict[str, Any]) -> None:
    back_to_unit(step)
    step.note(data["reason"])
    step.move(State.HANDLING)


@performs("close")
def close(step: Step, data: dict[str, Any]) -> None:
    """Into the closed store, read-only from now on; follow-up tells the citizen, who may rate once (R283, R284)."""
    take_back(step.order)  # whoever was to assist and never did
    stop_clocks(step.order)
    step.order.closed_at = time.now()
    step.order.holder = step.order.held_until = None
    step.order.supervised = False
    step.note(data["note"])
    step.move(State.CLOSED)


@performs("reject_close")
def reject_close(step: Step, data: dict[str, Any]) -> None:
    step.note(data["reason"], back_to=data["back_to"])
    if data["back_to"] == "handle":
        start_over(step)
        step.move(State.HANDLING)
        return
    start_clock(step.order, Clock.Kind.FOLLOW_UP, pack_of(step.order.pack).follow_up)
    step.move(State.TO_FOLLOW_UP)


def start_over(step: Step) -> None:
    """The main unit handles again, with a fresh clock of the pack's rehandling term."""
    order = step.order
    stop_clocks(order, Clock.Kind.FOLLOW_UP)
    task = back_to_unit(step)
    stop_clocks(order, Clock.Kind.HANDLE, assignment=task, cancel=True)
    clock = start_clock(order, Clock.Kind.HANDLE, pack_of(order.pack).rehandle, assignment=task, unit=task.unit)
    task.due_at = clock.due_at
    task.save(update_fields=["due_at"])
    hold_below(order, task.pk, clock.due_at)


@performs("reopen")
def reopen(step: Step, data: dict[str, Any]) -> None:
    """A closed order changes only by coming back, with the reason on record (R284, R285)."""
    order = step.order
    order.closed_at, order.satisfaction, order.direct, order.unit = None, "", False, None
    order.decline_code = ""
    order.reopen_count += 1
    pack = pack_of(order.pack)
    start_clock(order, Clock.Kind.REVIEW, pack.review)
    start_clock(order, Clock.Kind.ANSWER, pack.answer(order.kind, order.urgency, order.caller_kind))
    step.note(data["reason"], reopen_kind=data["reopen_kind"])
    step.move(State.TO_DISPATCH)


def rating_open(closed_at: Any, days: int) -> bool:
    """Whether a citizen may still rate: within `days` natural days of closing."""
    return bool(closed_at and time.now() <= closed_at + timedelta(days=days))
