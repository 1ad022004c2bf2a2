"""What a unit does with its task: sign, contact, delegate, verify, reply (R286-R288)."""

from datetime import datetime
from typing import Any

from huying.kernel import clock as time
from huying.kernel.errors import Refusal
from huying.workorders.models import Assignment, Attachment, Clock, Verification
from huying.workorders.operations.act import Step, performs
from huying.workorders.operations.clocks import (
    hold_below,
    live_clock,
    next_wake,
    refresh_due,
    shift_clock,
    stop_clocks,
    until,
)
from huying.workorders.operations.dispatch import assign, lapse
from huying.workorders.queries.merged import needs_public_words
from huying.workorders.queries.packs import pack_of, template_of
from huying.workorders.rules import BadInput
from huying.workorders.workflow import UNFINISHED, State, Task


class NotVerified(Refusal):
    code = "not_verified"
    message = "请先登记核实（何人、何时、何方式、证明材料），再提交答复"


class AssistantsUnfinished(Refusal):
    code = "assistants_unfinished"


def sign_task(step: Step, task: Assignment, *, automatic: bool = False) -> None:
    """Mark the task as signed; the main unit's signing brings the order into handling."""
    task.state, task.signed_at, task.auto_signed = Task.HANDLING, time.now(), automatic
    task.signed_by = step.actor.staff
    task.save(update_fields=["state", "signed_at", "auto_signed", "signed_by"])
    stop_clocks(step.order, Clock.Kind.SIGN, assignment=task, late=automatic)
    step.note(unit=task.unit.name, role=task.role, automatic=automatic)
    if task.role == Assignment.Role.MAIN and step.order.state == State.TO_SIGN:
        step.move(State.HANDLING)


@performs("sign")
def sign(step: Step, data: dict[str, Any]) -> None:
    sign_task(step, step.task, automatic=bool(data.get("automatic")))


@performs("contact")
def contact(step: Step, data: dict[str, Any]) -> None:
    """First contact with the citizen; later ones are kept in history only (先行联系)."""
    task = step.task
    if task.contacted_at is None:
        task.contacted_at = time.now()
        task.save(update_fields=["contacted_at"])
    step.note(data["note"], unit=task.unit.name, way=data["way"])


@performs("delegate")
def delegate(step: Step, data: dict[str, Any]) -> None:
    """Hand part of the work to a sub-unit, due no later than the unit itself (R288)."""
    task, due_at = step.task, data["due"]
    unit = data["unit"]
    if unit.pk == task.unit_id or not task.unit.holds(unit):
        raise BadInput(fields={"unit": "只能交办给本单位的下级单位"})
    if step.order.assignments.filter(unit=unit, state__in=UNFINISHED).exists():
        raise BadInput(fields={"unit": "该单位已在办理此工单"})
    check_sub_due(task, due_at)
    child = assign(step, unit, Assignment.Role.SUB, opinion=data["opinion"], parent=task, due_at=due_at)
    Assignment.objects.filter(pk=child.pk).update(due_at=due_at)
    clock = live_clock(step.order, Clock.Kind.HANDLE, child)
    assert clock is not None
    shift_clock(clock, {"until": due_at.isoformat()})  # a day that was said, not counted
    step.note(unit=unit.name, unit_id=unit.pk, by=task.unit.name, opinion=data["opinion"], due=due_at.isoformat())


def check_sub_due(task: Assignment, due_at: datetime) -> None:
    if due_at <= time.now():
        raise BadInput(fields={"due": "反馈期限须晚于现在"})
    if task.due_at and due_at > task.due_at:
        limit = task.due_at.astimezone(time.SHANGHAI)
        raise BadInput(fields={"due": f"反馈期限不得晚于本单位的办理期限 {limit:%Y-%m-%d %H:%M}"})


@performs("verify")
def verify(step: Step, data: dict[str, Any]) -> None:
    """The four elements: who, when, how, proof (R287)."""
    if data["when"] > time.now():
        raise BadInput(fields={"when": "核实时间不能晚于现在"})
    row = Verification.objects.create(
        assignment=step.task, centre_id=step.order.centre_id, who=data["who"], at=data["when"], way=data["way"],
        finding=data["finding"], note=data["note"], created_by=step.actor.staff,
    )
    Attachment.objects.filter(pk__in=data["proof"]).update(verification=row, purpose=Attachment.Purpose.PROOF)
    step.note(data["note"], unit=step.task.unit.name, who=data["who"], when=data["when"].isoformat(), way=data["way"],
              finding=data["finding"], files=data["proof"])


def finish_task(step: Step, reply: str) -> None:
    task = step.task
    task.state, task.reply, task.replied_at, task.replied_by = Task.REPLIED, reply, time.now(), step.actor.staff
    task.save(update_fields=["state", "reply", "replied_at", "replied_by", "unfinished_reason"])
    stop_clocks(step.order, Clock.Kind.SIGN, Clock.Kind.HANDLE, assignment=task)
    lapse([task])


@performs("assist_reply")
def assist_reply(step: Step, data: dict[str, Any]) -> None:
    attach_reply(step, data["files"])
    finish_task(step, data["reply"])
    step.note(unit=step.task.unit.name, role=step.task.role, reply=data["reply"], files=data["files"])


@performs("reply")
def reply(step: Step, data: dict[str, Any]) -> None:
    """The main unit's answer. It needs a verification, and the others' feedback or a word why not (R110, R287)."""
    task, order = step.task, step.order
    if not task.verifications.exists():
        raise NotVerified
    waiting = list(order.assignments.filter(state__in=UNFINISHED).exclude(pk=task.pk).select_related("unit"))
    if waiting and not data["force_reason"]:
        names = "、".join(other.unit.name for other in waiting)
        message = f"{names} 还没有反馈；如确需先答复，请填写“协办未完成的说明”"
        raise AssistantsUnfinished(message, fields={"force_reason": message})
    task.unfinished_reason = data["force_reason"] if waiting else ""
    attach_reply(step, data["files"])
    finish_task(step, data["reply"])
    order.answer, order.public_reply = data["reply"], data["public_reply"]
    if not order.public_reply and needs_public_words(order):
        raise BadInput(fields={"public_reply": "该工单与保密工单合并办理，其他诉求人只看公开答复：请填写，不含个人信息"})
    order.finding, order.outcome, order.replied_at = data["finding"], data["outcome"], time.now()
    step.note(unit=task.unit.name, reply=data["reply"], finding=data["finding"], outcome=data["outcome"],
              files=data["files"], unfinished=[other.unit.name for other in waiting], force=data["force_reason"])
    needs_leader = template_of(order.template).flow.sign_off
    step.move(State.TO_SIGN_OFF if needs_leader else State.TO_CHECK)


def attach_reply(step: Step, files: list[int]) -> None:
    Attachment.objects.filter(pk__in=files).update(assignment=step.task, purpose=Attachment.Purpose.REPLY)


@performs("sign_off")
def sign_off(step: Step, data: dict[str, Any]) -> None:
    step.note(data["note"])
    step.move(State.TO_CHECK)


@performs("reject_sign_off")
def reject_sign_off(step: Step, data: dict[str, Any]) -> None:
    back_to_unit(step)
    step.note(data["reason"])
    step.move(State.HANDLING)


def back_to_unit(step: Step) -> Assignment:
    """The main unit's last reply is not good enough: its task is open again, its handle clock runs on as it stood."""
    order = step.order
    task = order.assignments.filter(role=Assignment.Role.MAIN).select_related("unit").latest("id")
    task.state = Task.HANDLING
    last = task.clocks.filter(kind=Clock.Kind.HANDLE).latest("id")
    from_then = Clock(
        order=order, assignment=task, centre_id=order.centre_id, calendar=last.calendar, kind=Clock.Kind.HANDLE,
        term=last.term, moves=last.moves, started_at=last.started_at, due_at=last.due_at, provisional=last.provisional,
    )
    as_known_now = until(from_then)
    from_then.due_at, from_then.provisional = as_known_now.at, as_known_now.provisional
    from_then.wake_at = next_wake(from_then.due_at, pack_of(order.pack).reminders, time.now())
    from_then.save()
    task.due_at = from_then.due_at
    task.save(update_fields=["state", "due_at"])
    hold_below(order, task.pk, from_then.due_at)
    refresh_due(order)
    return task
