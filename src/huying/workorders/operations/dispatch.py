"""Send an order to the units that must act (R279, R280), take it back, send it elsewhere."""

from collections.abc import Sequence
from typing import Any

from huying.kernel import clock as time
from huying.org.models import Unit
from huying.workorders.models import Application, Assignment, Clock, WorkOrder
from huying.workorders.operations.act import Step, performs
from huying.workorders.operations.clocks import (
    live_clock,
    new_clock,
    refresh_due,
    resume_clock,
    start_clock,
    stop_clocks,
)
from huying.workorders.operations.tell import tell_unit
from huying.workorders.operations.terms import terms_of
from huying.workorders.queries.packs import pack_of
from huying.workorders.rules import BadInput
from huying.workorders.workflow import UNFINISHED, Plea, State, Task


def assign(
    step: Step, unit: Unit, role: Assignment.Role, *, opinion: str = "", clause: str = "",
    parent: Assignment | None = None, due_at: Any = None,
) -> Assignment:
    """One unit's task with its sign and handle clocks: both run from now, from dispatch, never from signing (R286)."""
    order, terms, now = step.order, terms_of(step.order), time.now()
    task = Assignment(
        order=order, centre_id=order.centre_id, unit=unit, parent=parent, role=role, opinion=opinion, clause=clause,
        dispatched_at=now, dispatched_by=step.actor.staff,
    )
    sign = new_clock(order, Clock.Kind.SIGN, terms[Clock.Kind.SIGN], start=now, assignment=task, unit=unit, latest=due_at)
    work = new_clock(order, Clock.Kind.HANDLE, terms[Clock.Kind.HANDLE], start=now, assignment=task, unit=unit, latest=due_at)
    task.sign_due_at, task.due_at = sign.due_at, work.due_at
    task.save(force_insert=True)
    sign.assignment = work.assignment = task
    Clock.objects.bulk_create([sign, work])
    refresh_due(order)
    tell_unit(task, "dispatched")
    return task


def send_out(step: Step, unit: Unit, assistants: Sequence[Unit], *, opinion: str, clause: str) -> None:
    """Main and assisting assignments, and the order with them."""
    order = step.order
    if unit in assistants:
        raise BadInput(fields={"assistants": "协办单位不能与主办单位相同"})
    stop_clocks(order, Clock.Kind.REVIEW)
    assign(step, unit, Assignment.Role.MAIN, opinion=opinion, clause=clause)
    for other in assistants:
        assign(step, other, Assignment.Role.ASSIST, opinion=opinion, clause=clause)
    order.unit, order.dispatched_at = unit, time.now()
    order.holder = order.held_until = None
    step.note(unit=unit.name, unit_id=unit.pk, assistants=[other.name for other in assistants], opinion=opinion, clause=clause)


def take_back(order: WorkOrder, *, state: Task = Task.CANCELLED, only: Assignment | None = None) -> None:
    """End the unfinished assignments (or just one and all below it) with their clocks and applications.

    The citizen's clock goes on where it stood still for a suspended main unit: nobody is left to wake it.
    """
    tasks = list(order.assignments.select_related("unit").order_by("id"))
    if only is not None:
        tasks = line_of(tasks, only)
    ended = [task for task in tasks if task.state in UNFINISHED]
    for task in ended:
        if task.state == Task.SUSPENDED and task.role == Assignment.Role.MAIN:
            wake_answer(order)
        stop_clocks(order, assignment=task, cancel=True)
        task.state = state if only is None or task.pk == only.pk else Task.CANCELLED
        task.save(update_fields=["state"])
    lapse(ended)


def line_of(tasks: Sequence[Assignment], first: Assignment) -> list[Assignment]:
    """`first` and everything handed down from it; `tasks` lists parents before their children."""
    line = [task for task in tasks if task.pk == first.pk]
    for task in tasks:
        if task.parent_id in {above.pk for above in line}:
            line.append(task)
    return line


def lapse(tasks: Sequence[Assignment]) -> None:
    """Applications that wait for a decision about a task that is over are over too: nothing is left to decide."""
    waiting = Application.objects.filter(assignment__in=tasks, state__in=[Plea.PENDING, Plea.ARBITRATING])
    waiting.update(state=Plea.LAPSED, decided_at=time.now(), decision="任务已结束，申请自动失效")


def wake_answer(order: WorkOrder) -> None:
    clock = live_clock(order, Clock.Kind.ANSWER)
    if clock and clock.state == Clock.State.PAUSED:
        resume_clock(clock)


@performs("dispatch")
def dispatch(step: Step, data: dict[str, Any]) -> None:
    send_out(step, data["unit"], data["assistants"], opinion=data["opinion"], clause=data["clause"] or "")
    step.move(State.TO_SIGN)


@performs("redispatch")
def redispatch(step: Step, data: dict[str, Any]) -> None:
    """A mis-dispatch put right at once: the first unit is freed, the second one's clocks start afresh (R285)."""
    if data["unit"].pk == step.order.unit_id:
        raise BadInput(fields={"unit": "请选择另一个承办单位"})
    was = step.order.unit.name if step.order.unit else ""
    take_back(step.order)
    send_out(step, data["unit"], [], opinion=data["opinion"] or data["reason"], clause=data["clause"] or "")
    step.note(data["reason"], mistake=True, was=was)
    step.move(State.TO_SIGN)


@performs("recall")
def recall(step: Step, data: dict[str, Any]) -> None:
    take_back(step.order)
    step.order.unit = None
    start_clock(step.order, Clock.Kind.REVIEW, pack_of(step.order.pack).review)
    step.note(data["reason"])
    step.move(State.TO_DISPATCH)


@performs("add_assistant")
def add_assistant(step: Step, data: dict[str, Any]) -> None:
    busy = step.order.assignments.filter(unit=data["unit"], state__in=UNFINISHED)
    if busy.exists():
        raise BadInput(fields={"unit": "该单位已在办理此工单"})
    assign(step, data["unit"], Assignment.Role.ASSIST, opinion=data["opinion"])
    step.note(unit=data["unit"].name, unit_id=data["unit"].pk, opinion=data["opinion"])
