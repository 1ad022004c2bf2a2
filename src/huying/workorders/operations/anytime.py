"""What can happen to an order at any time while it is open (R102, R106, R285)."""

from typing import Any

from huying.kernel import clock as time
from huying.kernel.errors import Refusal
from huying.workorders.catalog import Special
from huying.workorders.models import Attachment, Link, WorkOrder
from huying.workorders.operations.act import Step, performs
from huying.workorders.operations.clocks import stop_clocks
from huying.workorders.operations.dispatch import take_back
from huying.workorders.operations.search import index_text
from huying.workorders.operations.tell import tell_caller, tell_unit, write_to_caller
from huying.workorders.operations.terms import recount, terms_of
from huying.workorders.policies import visible_to
from huying.workorders.queries.merged import needs_public_words
from huying.workorders.queries.packs import template_of
from huying.workorders.rules import BadInput
from huying.workorders.workflow import FINAL, UNFINISHED, State

FLAGS = {Special.SENSITIVE: "is_sensitive", Special.INSTRUCTED: "is_special", Special.GROUP: "is_group"}


class SameOrder(Refusal):
    code = "same_order"
    message = "不能并入自己"


class TargetBusy(Refusal):
    """Two orders merged into each other at once would both be gone: the target is held, or left alone."""

    code = "target_busy"
    message = "目标工单正在由他人处理，请稍后再试"


@performs("comment")
def comment(step: Step, data: dict[str, Any]) -> None:
    step.note(data["note"])


@performs("urge")
def urge(step: Step, data: dict[str, Any]) -> None:
    """The citizen asks again about an open matter: an urge, never a second order (rules.md 3.3)."""
    step.order.urge_count += 1
    step.note(data["note"], count=step.order.urge_count)
    for task in step.order.assignments.filter(state__in=UNFINISHED).select_related("unit", "order"):
        tell_unit(task, "urged", note=data["note"])


@performs("send_message")
def send_message(step: Step, data: dict[str, Any]) -> None:
    """Staff write to the appellant; the words stay in the order's history (R273)."""
    write_to_caller(step.order, data["text"], staff_id=step.actor.staff_id)
    step.note(data["text"])


@performs("supplement")
def supplement(step: Step, data: dict[str, Any]) -> None:
    Attachment.objects.filter(pk__in=data["files"]).update(purpose=Attachment.Purpose.SUPPLEMENT)
    step.note(data["note"], files=data["files"])


@performs("mark_special")
def mark_special(step: Step, data: dict[str, Any]) -> None:
    """Set or take away what makes an order special; a sensitive one is then known to authorised people only (R282)."""
    order, mark = step.order, Special(data["special"])
    if mark == Special.NONE:
        order.is_sensitive = order.is_group = False
        order.is_special = template_of(order.template).flow.special
    else:
        setattr(order, FLAGS[mark], True)
    step.note(data["reason"], special=mark)


@performs("supervise")
def supervise(step: Step, data: dict[str, Any]) -> None:
    step.order.supervised = True
    step.note(data["reason"])
    for task in step.order.assignments.filter(state__in=UNFINISHED).select_related("unit", "order"):
        tell_unit(task, "supervised", reason=data["reason"])


@performs("withdraw")
def withdraw(step: Step, data: dict[str, Any]) -> None:
    end_without_result(step, State.WITHDRAWN)
    step.note(data["reason"])
    tell_caller(step.order, "withdrawn")


def end_without_result(step: Step, state: State) -> None:
    take_back(step.order)
    stop_clocks(step.order, cancel=True)
    step.order.closed_at = time.now()
    step.order.holder = step.order.held_until = None
    step.move(state)


@performs("merge")
def merge(step: Step, data: dict[str, Any]) -> None:
    """Into another open order: one handling, every citizen told of its end (R113, G5)."""
    known = visible_to(step.actor).filter(number=data["into"])
    target = known.select_for_update(of=("self",), skip_locked=True).first()
    if target is None and known.exists():
        raise TargetBusy(fields={"into": TargetBusy.message})
    if target is None or target.state in FINAL:
        raise BadInput(fields={"into": "没有找到这张未办结的工单"})
    if target.pk == step.order.pk:
        raise SameOrder(fields={"into": SameOrder.message})
    if target.centre_id != step.order.centre_id:
        raise BadInput(fields={"into": "只能并入本中心的工单"})
    speak_publicly(step.order, target, data["public_reply"])
    Link.objects.get_or_create(
        order=step.order, other=target, kind=Link.Kind.MERGED, defaults={"centre_id": step.order.centre_id}
    )
    end_without_result(step, State.MERGED)
    step.note(data["reason"], target=target.number)
    tell_caller(step.order, "merged", target=target.number)


def speak_publicly(order: WorkOrder, target: WorkOrder, words: str) -> None:
    """Where one of the two is confidential, the citizens of both read the public reply only. An answer that is given
    already must have one; for an answer to come, `reply` asks for it."""
    if words and not target.answer:
        raise BadInput(fields={"public_reply": "目标工单还没有答复，公开答复在答复时填写"})
    if words:
        WorkOrder.objects.filter(pk=target.pk).update(public_reply=words)
    elif target.answer and not target.public_reply and needs_public_words(order, target):
        raise BadInput(fields={"public_reply": "其中一张是保密工单，而目标工单已有答复：请写一份不含个人信息的公开答复，供双方诉求人查看"})


@performs("set_urgency")
def set_urgency(step: Step, data: dict[str, Any]) -> None:
    """Another degree: the sign, handle and answer clocks are counted anew from their own start."""
    order = step.order
    if data["urgency"] == order.urgency:
        raise BadInput(fields={"urgency": "紧急程度没有变化"})
    before, was = terms_of(order), order.urgency
    order.urgency = data["urgency"]
    recount(order, before)
    index_text(order)
    step.note(data["reason"], was=was, now=order.urgency)
