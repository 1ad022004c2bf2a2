"""The citizen has answered the four questions, and what follows from it (R107; rules.md 3.3).

Satisfied, or not satisfied without good reason: to closing review. Not satisfied with good reason: handled again once.
Still not satisfied after that: supervision, or the finding that it cannot be solved, with evidence.
"""

from typing import Any

from huying.followup.catalog import Result
from huying.followup.models import Answers, FollowUp
from huying.followup.operations.calling import add_attempt
from huying.followup.operations.rounds import end_round, this_round
from huying.kernel import clock as time
from huying.kernel.errors import Refusal
from huying.workorders.catalog import CallResult, Outcome, Satisfaction, Way
from huying.workorders.models import Attachment
from huying.workorders.operations import PERFORMERS, Step, performs
from huying.workorders.operations.closing import start_over
from huying.workorders.queries import pack_of
from huying.workorders.rules import BadInput
from huying.workorders.workflow import State


class StillUnhappy(Refusal):
    code = "still_unhappy"
    message = "重办后仍不满意：请转督办，或上传依据认定客观不能解决"


class RehandledAlready(Refusal):
    code = "rehandled_already"


class NotUnhappy(Refusal):
    code = "not_unhappy"
    message = "诉求人没有表示不满意，不能这样处理；结果有问题请在办结审核时退回"


@performs("finish_follow_up")
def finish(step: Step, data: dict[str, Any]) -> None:
    row = this_round(step)
    unhappy = data["satisfaction"] == Satisfaction.NO
    if unhappy and rehandled(step):
        raise StillUnhappy
    answer(step, row, data)
    step.move(State.TO_CLOSE)


@performs("rehandle")
def rehandle(step: Step, data: dict[str, Any]) -> None:
    """Once: the unit handles again with a fresh clock (重办 1 次)."""
    if rehandled(step):
        limit = pack_of(step.order.pack).rehandle_limit
        raise RehandledAlready(f"每张工单最多重办 {limit} 次，已用完；请转督办，或上传依据认定客观不能解决")
    if step.order.state == State.FOLLOWING_UP:
        row = this_round(step)
        must_be_unhappy(data)
        answer(step, row, data)
    elif last_satisfaction(step) != Satisfaction.NO:
        raise NotUnhappy
    back(step, data["reason"])
    step.order.rehandle_count += 1
    step.note(count=step.order.rehandle_count)


@performs("press")
def press(step: Step, data: dict[str, Any]) -> None:
    """Handled again and still not satisfied: the supervisors take it up, the unit goes on under their eyes."""
    row = this_round(step)
    must_be_unhappy(data)
    must_be_rehandled(step)
    answer(step, row, data)
    back(step, data["reason"])
    PERFORMERS["supervise"](step, {"reason": data["reason"]})


@performs("find_impossible")
def find_impossible(step: Step, data: dict[str, Any]) -> None:
    """It cannot be solved, and here is why: the closing review decides on the evidence."""
    row = this_round(step)
    must_be_unhappy(data)
    must_be_rehandled(step)
    answer(step, row, data)
    Attachment.objects.filter(pk__in=data["proof"]).update(purpose=Attachment.Purpose.EVIDENCE)
    step.order.outcome = Outcome.IMPOSSIBLE
    step.note(data["reason"], files=data["proof"], outcome=Outcome.IMPOSSIBLE)
    step.move(State.TO_CLOSE)


def answer(step: Step, row: FollowUp, data: dict[str, Any]) -> Answers:
    """Keep the four answers, count the call as an attempt that reached the person, end the round."""
    said = {name: data[name] for name in ("contacted", "solved", "satisfaction")}
    unhappy = data["unhappy"] if said["satisfaction"] == Satisfaction.NO else ""
    check(said, unhappy)
    way = data["way"] or Way.PHONE
    add_attempt(step, row, result=CallResult.REACHED, way=way)
    row_of_answers = Answers.objects.create(
        follow_up=row, order=step.order, centre_id=row.centre_id, at=time.now(), unhappy=unhappy or "",
        text=data["note"] or "", by=step.actor.staff, **said,
    )
    end_round(step, row, Result.REACHED)
    step.order.satisfaction = said["satisfaction"]
    step.note(data["note"] or "", **said, unhappy=unhappy or "", way=way)
    return row_of_answers


def check(said: dict[str, Any], unhappy: str | None) -> None:
    """Every question has its answer, and dissatisfaction its reason (R107). Raises BadInput."""
    labels = {"contacted": "请选择单位是否联系过", "solved": "请选择是否解决", "satisfaction": "请选择是否满意"}
    wrong = {name: words for name, words in labels.items() if not said[name]}
    if said["satisfaction"] == Satisfaction.NO and not unhappy:
        wrong["unhappy"] = "不满意时必须选择原因"
    if wrong:
        raise BadInput(fields=wrong)


def rehandled(step: Step) -> bool:
    return step.order.rehandle_count >= pack_of(step.order.pack).rehandle_limit


def last_satisfaction(step: Step) -> str:
    rows = Answers.objects.filter(order=step.order).order_by("-id")
    return rows.values_list("satisfaction", flat=True).first() or ""


def must_be_unhappy(data: dict[str, Any]) -> None:
    if data["satisfaction"] and data["satisfaction"] != Satisfaction.NO:
        raise NotUnhappy(fields={"satisfaction": "只有不满意的可以这样处理"})


def must_be_rehandled(step: Step) -> None:
    if not rehandled(step):
        raise BadInput("第一次不满意请先重办；重办后仍不满意才可转督办或认定客观不能解决")


def back(step: Step, reason: str) -> None:
    start_over(step)
    step.note(reason)
    step.move(State.HANDLING)
