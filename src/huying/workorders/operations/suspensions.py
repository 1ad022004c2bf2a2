"""Waiting that the law imposes: testing, appraisal, litigation; approved, bounded, and shown apart (rules.md 3.3)."""

from typing import Any

from huying.kernel import clock as time
from huying.workorders.models import Application, Assignment, Clock
from huying.workorders.operations.act import Step, performs
from huying.workorders.operations.clocks import live_clock, pause_clock, resume_clock, shift_clock
from huying.workorders.operations.returns import apply_for, decide
from huying.workorders.rules import BadInput
from huying.workorders.workflow import UNFINISHED, Plea, Task


@performs("request_suspension")
def request_suspension(step: Step, data: dict[str, Any]) -> None:
    if data["until"] <= time.now():
        raise BadInput(fields={"until": "挂起截止时间须晚于现在"})
    apply_for(step, Application.Kind.SUSPENSION, data, ground=data["ground"], until=data["until"])
    step.note(ground=data["ground"], until=data["until"].isoformat())


@performs("approve_suspension")
def approve_suspension(step: Step, data: dict[str, Any]) -> None:
    """The task sleeps until the date: its handle clock and the citizen's clock stand still, and wake by themselves."""
    plea = step.plea
    asked = plea.until
    assert asked is not None
    until = min(data["until"] or asked, asked)
    if until <= time.now():
        raise BadInput(fields={"until": "挂起截止时间须晚于现在"})
    task = Assignment.objects.select_related("unit").get(pk=plea.assignment_id)
    if task.state != Task.HANDLING:
        raise BadInput("该任务当前不在办理中，不能挂起")
    task.state = Task.SUSPENDED
    task.save(update_fields=["state"])
    for clock in pausable(step, task):
        pause_clock(clock)
    Clock.objects.filter(assignment=task, kind=Clock.Kind.HANDLE, state=Clock.State.PAUSED).update(wake_at=until)
    plea.until = until
    decide(step, Plea.APPROVED, data["note"])
    step.note(until=until.isoformat(), ground=plea.ground)


def pausable(step: Step, task: Assignment) -> list[Clock]:
    """The handle clock of the task and, for the main unit, the citizen's clock."""
    clocks = [live_clock(step.order, Clock.Kind.HANDLE, task)]
    if task.role == Assignment.Role.MAIN:
        clocks.append(live_clock(step.order, Clock.Kind.ANSWER))
    return [clock for clock in clocks if clock]


@performs("reject_suspension")
def reject_suspension(step: Step, data: dict[str, Any]) -> None:
    decide(step, Plea.REJECTED, data["reason"])


@performs("resume")
def resume(step: Step, data: dict[str, Any]) -> None:
    wake(step, step.task)
    step.note(data["reason"])


def wake(step: Step, task: Assignment) -> None:
    """Back to work: every paused clock goes on, moved by the working length of the pause."""
    task.state = Task.HANDLING
    for clock in pausable(step, task):
        if clock.state == Clock.State.PAUSED:
            resume_clock(clock)
            if clock.kind == Clock.Kind.HANDLE:
                above = task.parent
                if above and above.state in UNFINISHED and above.due_at and clock.due_at > above.due_at:
                    shift_clock(clock, {"latest": above.due_at.isoformat()})
                task.due_at = clock.due_at
    task.save(update_fields=["state", "due_at"])
    step.note(unit=task.unit.name)
