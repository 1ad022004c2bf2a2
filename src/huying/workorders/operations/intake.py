"""What the hotline itself does with an appeal before a unit has it (R277, R278; rules.md 3.3b)."""

from typing import Any

from huying.kernel import clock as time
from huying.kernel.errors import Refusal
from huying.workorders.catalog import DECLINE_CODES, Kind
from huying.workorders.models import Clock
from huying.workorders.operations.act import Step, performs
from huying.workorders.operations.clocks import start_clock, stop_clocks
from huying.workorders.operations.search import index_text
from huying.workorders.operations.tell import tell_caller
from huying.workorders.operations.terms import recount, terms_of
from huying.workorders.queries.packs import pack_of, template_of
from huying.workorders.rules import BadInput
from huying.workorders.rules.inputs import PLATFORMS
from huying.workorders.workflow import State


class NothingChanged(Refusal):
    code = "nothing_changed"
    message = "内容没有变化"


@performs("submit")
def submit(step: Step, data: dict[str, Any]) -> None:
    start_clock(step.order, Clock.Kind.REVIEW, pack_of(step.order.pack).review)
    step.order.holder = step.order.held_until = None  # into the pool of those who review
    step.note(data["note"])
    step.move(State.TO_REVIEW)


@performs("edit")
def edit(step: Step, data: dict[str, Any]) -> None:
    """Change what was written down; history keeps both versions."""
    order, changed, before = step.order, {}, terms_of(step.order)
    if data["kind"] and data["kind"] not in template_of(order.template).kinds:
        raise BadInput(fields={"kind": "该专项不受理这种诉求类型"})
    for name in ("title", "content", "kind", "urgency"):
        if data[name] and data[name] != getattr(order, name):
            changed[name] = {"was": getattr(order, name), "is": data[name]}
            setattr(order, name, data[name])
    if not changed:
        raise NothingChanged
    order.confidential = order.confidential or order.kind == Kind.REPORT  # as at intake (rules.md 3.3: 举报默认保密)
    recount(order, before)
    index_text(order)
    step.note(data["reason"], changed=changed)


@performs("direct_answer")
def direct_answer(step: Step, data: dict[str, Any]) -> None:
    """Answered on the spot; counts for the direct-answer rate (K3-02, K5-07)."""
    order = step.order
    order.direct, order.answer, order.replied_at = True, data["answer"], time.now()
    end(step, State.CLOSED)
    index_text(order)
    step.note(answer=data["answer"])
    tell_caller(order, "answered", answer=data["answer"])


@performs("decline")
def decline(step: Step, data: dict[str, Any]) -> None:
    """Not for the hotline to take: the clause, what was said, and where to turn instead."""
    situation, _, channel = DECLINE_CODES[data["code"]]
    step.order.decline_code, step.order.answer = data["code"], data["script"]
    end(step, State.DECLINED)
    step.note(situation, code=data["code"], script=data["script"], channel=channel)
    tell_caller(step.order, "declined", answer=data["script"])


@performs("refer")
def refer(step: Step, data: dict[str, Any]) -> None:
    end(step, State.REFERRED)
    step.note(data["reason"], platform=data["platform"])
    tell_caller(step.order, "referred", platform=dict(PLATFORMS)[data["platform"]])


def end(step: Step, state: State) -> None:
    """Nothing more is to be done: every clock stops."""
    stop_clocks(step.order)
    step.order.closed_at, step.order.holder, step.order.held_until = time.now(), None, None
    step.move(state)


@performs("pass_review")
def pass_review(step: Step, data: dict[str, Any]) -> None:
    step.note(data["note"])
    step.move(State.TO_DISPATCH)


@performs("reject_review")
def reject_review(step: Step, data: dict[str, Any]) -> None:
    """Back to the agent who wrote it down. What a citizen wrote has no agent: ask for more material instead."""
    if step.order.created_by_id is None:
        raise BadInput("这是诉求人自己提交的，没有受理人可退；请补充要素后通过，或按 N09 不予受理")
    stop_clocks(step.order, Clock.Kind.REVIEW)
    step.order.holder = step.order.created_by
    step.note(data["reason"])
    step.move(State.DRAFT)
