"""More time for a unit, within limits, with evidence, and the citizen is told (R281; rules.md 3.3)."""

from datetime import datetime
from typing import Any

from huying.kernel import clock as time
from huying.kernel.calendar import WorkCalendar
from huying.kernel.errors import Refusal
from huying.org.queries import work_calendar
from huying.workorders.models import Application, Assignment, Clock
from huying.workorders.operations.act import Step, performs
from huying.workorders.operations.clocks import live_clock, shift_clock, until
from huying.workorders.operations.returns import apply_for, decide
from huying.workorders.operations.tell import tell_caller, tell_unit
from huying.workorders.queries.packs import pack_of
from huying.workorders.workflow import UNFINISHED, Plea


class NoExtension(Refusal):
    code = "no_extension"


def handle_clock(step: Step, task: Assignment) -> tuple[Clock, WorkCalendar]:
    clock = live_clock(step.order, Clock.Kind.HANDLE, task)
    if clock is None:
        raise NoExtension("该任务没有正在计时的办理期限")
    return clock, work_calendar(clock.calendar)


def check_extension(step: Step, workdays: int) -> None:
    """At most so often, so long in all, so early before due, and only after speaking with the citizen."""
    task, pack = step.task, pack_of(step.order.pack)
    clock, calendar = handle_clock(step, task)
    if task.extension_count >= pack.extension_times:
        raise NoExtension(f"最多延期 {pack.extension_times} 次，本单位已用完")
    left = pack.extension_workdays - task.extended_days
    if workdays > left:
        raise NoExtension(f"累计延期不得超过 {pack.extension_workdays} 个工作日，还可申请 {left} 个",
                          fields={"workdays": f"最多还可申请 {left} 个工作日"})
    if task.contacted_at is None and step.order.contact_id and not step.order.confidential:
        raise NoExtension("申请延期前须先联系诉求人并登记（“登记联系”）")
    ahead = pack.extension_ahead
    check_above(task, calendar.after_workdays(clock.due_at, workdays))
    latest = calendar.before_workdays(clock.due_at, ahead.workdays) if ahead.workdays else clock.due_at
    if time.now() > latest:
        raise NoExtension(f"延期须在到期前至少 {ahead.workdays} 个工作日申请，最晚为 {latest.astimezone(time.SHANGHAI):%Y-%m-%d %H:%M}")


def check_above(task: Assignment, due_at: datetime) -> None:
    """A sub-unit stays within the time of the unit above it (R288)."""
    above = task.parent
    if above is not None and above.state in UNFINISHED and above.due_at and due_at > above.due_at:
        raise NoExtension(f"延期后将超过 {above.unit.name} 的办理期限，请由该单位先申请延期")


@performs("request_extension")
def request_extension(step: Step, data: dict[str, Any]) -> None:
    check_extension(step, data["workdays"])
    apply_for(step, Application.Kind.EXTENSION, data, workdays=data["workdays"])
    step.note(workdays=data["workdays"])


@performs("approve_extension")
def approve_extension(step: Step, data: dict[str, Any]) -> None:
    """As many workdays as asked, or fewer; the due time moves on the unit's own calendar."""
    plea = step.plea
    asked = plea.workdays or 1
    granted = min(data["workdays"] or asked, asked)
    task = Assignment.objects.select_related("unit").get(pk=plea.assignment_id)
    task.order = step.order
    clock, _ = handle_clock(step, task)
    check_above(task, until(clock, {"workdays": granted}).at)
    shift_clock(clock, {"workdays": granted})
    task.due_at, task.extension_count = clock.due_at, task.extension_count + 1
    task.extended_days += granted
    task.save(update_fields=["due_at", "extension_count", "extended_days"])
    main = task.role == Assignment.Role.MAIN
    if main:
        extend_answer(step, granted)
    decide(step, Plea.APPROVED, data["note"])
    step.note(workdays=granted, due=clock.due_at.isoformat())
    due_text = f"{clock.due_at.astimezone(time.SHANGHAI):%m月%d日 %H:%M}"
    if main:
        tell_caller(step.order, "extended", due=due_text)
    tell_unit(task, "extension_approved", workdays=str(granted))


def extend_answer(step: Step, workdays: int) -> None:
    """The citizen's overall clock moves along."""
    clock = live_clock(step.order, Clock.Kind.ANSWER)
    if clock:
        shift_clock(clock, {"workdays": workdays})


@performs("reject_extension")
def reject_extension(step: Step, data: dict[str, Any]) -> None:
    decide(step, Plea.REJECTED, data["reason"])
    tell_unit(step.plea.assignment, "extension_rejected", reason=data["reason"])
