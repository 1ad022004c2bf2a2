"""Units that say "not ours": the return with clause and proposed unit, its review, and arbitration (R289, D6).

Once per unit and order; from the second returning unit on it goes to arbitration; the clock never stops meanwhile.
"""

from typing import Any

from huying.kernel import clock as time
from huying.kernel.deadline import due
from huying.kernel.errors import Refusal
from huying.org.queries import work_calendar
from huying.workorders.models import Application, Assignment, Attachment, Clock
from huying.workorders.operations.act import Step, performs
from huying.workorders.operations.clocks import start_clock
from huying.workorders.operations.dispatch import send_out, take_back
from huying.workorders.queries.packs import pack_of
from huying.workorders.rules import BadInput
from huying.workorders.workflow import Plea, State, Task


class NoReturn(Refusal):
    code = "no_return"


class AlreadyAsked(Refusal):
    code = "already_asked"
    message = "已有一份同类申请正在审核，请等待结果"


def apply_for(step: Step, kind: Application.Kind, data: dict[str, Any], **more: Any) -> Application:
    """File an application of the unit and hang its evidence on it. Raises AlreadyAsked."""
    task = step.task
    if task.applications.filter(kind=kind, state__in=[Plea.PENDING, Plea.ARBITRATING]).exists():
        raise AlreadyAsked
    row = Application.objects.create(
        order=step.order, assignment=task, centre_id=step.order.centre_id, unit=task.unit, kind=kind,
        reason=data["reason"], created_at=time.now(), created_by=step.actor.staff, **more,
    )
    files = data.get("proof") or data.get("files") or []
    Attachment.objects.filter(pk__in=files).update(application=row, purpose=Attachment.Purpose.EVIDENCE)
    step.note(data["reason"], application=row.pk, unit=task.unit.name, files=files)
    return row


def decide(step: Step, state: Plea, words: str = "", blame: str = "") -> Application:
    """Write the decision on the application."""
    plea = step.plea
    plea.state, plea.decided_at, plea.decided_by = state, time.now(), step.actor.staff
    plea.decision, plea.blame = words or "", blame
    plea.save()
    step.note(words or "", application=plea.pk, unit=plea.unit.name, blame=blame)
    return plea


def check_return(step: Step, data: dict[str, Any]) -> None:
    task, order, pack = step.task, step.order, pack_of(step.order.pack)
    if order.no_return:
        raise NoReturn("该工单已经仲裁定责，不得再退")
    if order.applications.filter(unit=task.unit, kind=Application.Kind.RETURN).count() >= pack.returns_per_unit:
        raise NoReturn(f"每个单位对同一工单最多申请退回 {pack.returns_per_unit} 次，本单位已用完")
    clock = task.clocks.filter(kind=Clock.Kind.HANDLE).select_related("calendar").first()
    limit = due(task.dispatched_at, pack.return_within, work_calendar(clock.calendar if clock else None)).at
    if time.now() > limit:
        raise NoReturn(f"退回须在 {limit.astimezone(time.SHANGHAI):%Y-%m-%d %H:%M} 前申请，现已超过；请继续办理或联系派单员")
    if data["proposed_unit"].pk == task.unit_id:
        raise BadInput(fields={"proposed_unit": "建议单位不能是本单位"})


@performs("request_return")
def request_return(step: Step, data: dict[str, Any]) -> None:
    check_return(step, data)
    others = step.order.applications.filter(kind=Application.Kind.RETURN, state=Plea.APPROVED)
    main = step.task.role == Assignment.Role.MAIN
    arbitration = main and others.exclude(unit=step.task.unit).count() + 1 >= pack_of(step.order.pack).arbitrate_from
    apply_for(
        step, Application.Kind.RETURN, data, clause=data["clause"], proposed_unit=data["proposed_unit"],
        state=Plea.ARBITRATING if arbitration else Plea.PENDING,
    )
    step.note(clause=data["clause"], proposed=data["proposed_unit"].name, arbitration=arbitration)


@performs("approve_return")
def approve_return(step: Step, data: dict[str, Any]) -> None:
    plea = decide(step, Plea.APPROVED, data["note"], data["blame"])
    step.order.return_count += 1
    if plea.assignment.role != Assignment.Role.MAIN:
        take_back(step.order, state=Task.RETURNED, only=plea.assignment)
        return
    take_back(step.order)
    Assignment.objects.filter(pk=plea.assignment_id).update(state=Task.RETURNED)
    step.order.unit = None
    start_clock(step.order, Clock.Kind.REVIEW, pack_of(step.order.pack).review)
    step.move(State.TO_DISPATCH)


@performs("reject_return")
def reject_return(step: Step, data: dict[str, Any]) -> None:
    decide(step, Plea.REJECTED, data["reason"])


@performs("arbitrate")
def arbitrate(step: Step, data: dict[str, Any]) -> None:
    """The hotline's own people decide whose duty it is; whoever gets it may not return it any more (D6)."""
    unit, order = data["unit"], step.order
    stays = unit.pk == step.plea.unit_id
    decide(step, Plea.REJECTED if stays else Plea.APPROVED, data["reason"], data["blame"])
    order.no_return = True
    step.note(decided_unit=unit.name, decided_unit_id=unit.pk)
    if stays:
        return
    returned = step.plea.assignment_id
    take_back(order)
    Assignment.objects.filter(pk=returned).update(state=Task.RETURNED)
    order.return_count += 1
    send_out(step, unit, [], opinion=data["reason"], clause="仲裁定责")
    step.move(State.TO_SIGN)
