"""One sentence for "who has it, what is being done": never an empty "in progress"."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from huying.portal.rules.milestones import ENDS
from huying.workorders.workflow import State

Clock = Literal["review", "sign", "handle", "follow_up", "answer", ""]
HOTLINE, DISPUTE = "12345 热线", "部门间定责中"


@dataclass(frozen=True, slots=True)
class Situation:
    """`who` has it, `words` say what is being done, `clock` is the deadline that counts for this step. `headline` stands
    above them where the state's own name would say too little."""

    who: str
    words: str
    clock: Clock = ""
    headline: str = ""


def situation(
    state: str, *, unit: str = "", returning: str = "", disputed: bool = False, waiting: str = "", sign_level: str = ""
) -> Situation:
    """What a citizen is told.

    `unit`: who handles it; `returning`: "pending" or "arbitrating" while the unit's return is looked at; `disputed`: sent
    back by a unit and not yet dispatched again; `waiting`: the ground of a suspension; `sign_level`: who signs the reply.
    """
    if returning and state in {State.TO_SIGN, State.HANDLING}:
        how = "热线正在裁定由谁办" if returning == "arbitrating" else "热线正在审核"
        words = f"{unit or '承办单位'}认为不属于自己的职责，{how}。办理期限照算，不会因此停下。"
        return Situation(HOTLINE, words, "handle", DISPUTE)
    if waiting and state == State.HANDLING:
        words = f"经批准暂停计时：正在等待{waiting}的结果，等到后自动恢复办理。"
        return Situation(unit or "承办单位", words, headline=f"等待{waiting}")
    if disputed and state == State.TO_DISPATCH:
        return Situation(HOTLINE, "先前的单位提出不属于自己的职责，热线正在重新确定由谁办。", "review", DISPUTE)
    if state in ENDS:
        return Situation("", ENDS[state])
    return _ORDINARY[State(state)](unit or "承办单位", sign_level)


def _by_leader(unit: str, level: str) -> Situation:
    who = "热线主管领导" if level == "centre" else f"{unit}负责人"
    return Situation(who, f"{unit}已写好答复，正在等{who}审签。", "answer")


_ORDINARY: dict[State, Callable[[str, str], Situation]] = {
    State.DRAFT: lambda unit, level: Situation(HOTLINE, "工作人员正在登记您反映的内容。", "answer"),
    State.TO_REVIEW: lambda unit, level: Situation(HOTLINE, "正在审核您的诉求，确认后转给负责的单位。", "review"),
    State.TO_DISPATCH: lambda unit, level: Situation(HOTLINE, "审核已通过，正在确定由哪个单位办理。", "review"),
    State.TO_SIGN: lambda unit, level: Situation(unit, f"已派给{unit}，等待签收。没有按时签收也照样计时。", "sign"),
    State.HANDLING: lambda unit, level: Situation(unit, f"{unit}正在核实、办理。", "handle"),
    State.TO_SIGN_OFF: _by_leader,
    State.TO_CHECK: lambda unit, level: Situation(HOTLINE, f"{unit}已提交答复，热线正在逐条核对是否回应了您的问题。", "answer"),
    State.TO_FOLLOW_UP: lambda unit, level: Situation(HOTLINE, "答复已通过核对。热线将给您打电话，问问是否解决、是否满意。", "follow_up"),
    State.FOLLOWING_UP: lambda unit, level: Situation(HOTLINE, "正在电话回访，请留意 12345 的来电。", "follow_up"),
    State.TO_CLOSE: lambda unit, level: Situation(HOTLINE, "回访已完成，正在做办结前的最后审核。"),
    State.CLOSED: lambda unit, level: Situation("", "办理已经结束，结果在下面。还有问题，可以评价时说明，或拨打 12345。"),
}
