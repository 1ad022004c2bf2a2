"""What a citizen reads of an order's history: plain words, no name of any person, nothing meant for the house only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huying.kernel.clock import SHANGHAI
from huying.workorders.catalog import Ground
from huying.workorders.rules.inputs import PLATFORMS
from huying.workorders.workflow import State


@dataclass(frozen=True, slots=True)
class Milestone:
    """One line of the citizen's time line; made for `ui`'s time line, without its `who`: no person is named here."""

    at: datetime
    mark: str
    title: str
    text: str = ""
    tone: str = ""


_PLAIN: dict[str, tuple[str, str, str]] = {
    "create": ("收", "热线收到您的诉求", "blue"),
    "submit": ("审", "转入审核", ""),
    "pass_review": ("审", "审核通过，准备派单", ""),
    "split": ("拆", "您反映了几件事，分开办理", ""),
    "recall": ("回", "热线收回，重新确定承办单位", "amber"),
    "reply": ("答", "承办单位提交了答复，热线正在核对", ""),
    "sign_off": ("签", "单位领导已签发答复", ""),
    "reject_sign_off": ("退", "单位领导要求重新办理", "amber"),
    "pass_check": ("核", "答复通过核对", "green"),
    "reject_check": ("退", "热线认为答复不到位，退回单位重新办理", "amber"),
    "start_follow_up": ("访", "热线开始回访", ""),
    "finish_follow_up": ("访", "回访完成", ""),
    "give_up_follow_up": ("访", "多次电话没有联系上您", "amber"),
    "exempt_follow_up": ("访", "本次不作电话回访", ""),
    "rehandle": ("重", "您不满意，退回单位重新办理", "amber"),
    "press": ("督", "仍未解决，转督办并继续办理", "amber"),
    "find_impossible": ("核", "经核实，目前条件下无法解决，进入最后审核", "amber"),
    "reject_close": ("退", "最后审核没有通过，继续办理", "amber"),
    "close": ("结", "办结", "green"),
    "direct_answer": ("答", "热线直接答复", "green"),
    "decline": ("不", "不予受理", "amber"),
    "reopen": ("重", "重新办理", "amber"),
    "withdraw": ("撤", "您撤回了这件诉求", ""),
    "supervise": ("督", "热线正在督办", "amber"),
    "overdue": ("超", "超过了期限，系统已督促", "red"),
    "approve_return": ("定", "部门间定责中：热线正在重新确定承办单位", "amber"),
    "reject_return": ("定", "热线核定仍由原单位办理", ""),
    "resume": ("续", "恢复办理", ""),
    "rate": ("评", "您作了评价，谢谢", "green"),
    "urge": ("催", "您催办了一次", ""),
    "supplement": ("补", "您补充了材料", ""),
}
_BY_STAFF = {"urge": "热线催办了一次", "supplement": "热线补充了材料", "withdraw": "已撤单"}
URGED_ONLINE = "诉求人在网站催办"
"""What stands in the record of an urge without words; the citizen knows it anyway."""


def milestone(kind: str, at: datetime, data: Mapping[str, Any], *, by_citizen: bool, reason: str = "") -> Milestone | None:
    """The line for one event; None for what is the house's own business (notes, exports, reminders, refused requests)."""
    if kind in _SPECIAL:
        return _SPECIAL[kind](at, data)
    if kind not in _PLAIN:
        return None
    mark, title, tone = _PLAIN[kind]
    if kind == "overdue" and data.get("clock") not in {None, "handle", "answer"}:
        return None
    if not by_citizen and kind in {"urge", "supplement", "withdraw"}:
        title = _BY_STAFF[kind]
    text = reason if by_citizen and kind in {"urge", "supplement", "withdraw"} and reason != URGED_ONLINE else ""
    return Milestone(at, mark, title, text, tone)


def _dispatched(at: datetime, data: Mapping[str, Any]) -> Milestone:
    assistants = "、".join(data.get("assistants") or [])
    return Milestone(at, "派", f"派给{data.get('unit', '承办单位')}", f"协办：{assistants}" if assistants else "", "blue")


def _redispatched(at: datetime, data: Mapping[str, Any]) -> Milestone:
    return Milestone(at, "派", f"改派给{data.get('unit', '承办单位')}", "", "amber")


def _signed(at: datetime, data: Mapping[str, Any]) -> Milestone:
    late = "没有按时签收，系统已视同签收，办理期限不变" if data.get("automatic") else ""
    return Milestone(at, "签", f"{data.get('unit', '承办单位')}签收", late, "amber" if late else "")


def _contacted(at: datetime, data: Mapping[str, Any]) -> Milestone:
    return Milestone(at, "联", f"{data.get('unit', '承办单位')}登记：已与您联系", "如果没有联系过您，请拨打 12345 告诉我们")


def _verified(at: datetime, data: Mapping[str, Any]) -> Milestone:
    return Milestone(at, "查", f"{data.get('unit', '承办单位')}核实了情况")


def _return_asked(at: datetime, data: Mapping[str, Any]) -> Milestone:
    how = "热线正在裁定" if data.get("arbitration") else "热线正在审核"
    text = f"{data.get('unit', '承办单位')}认为不属于自己的职责，{how}。办理期限照算，不会因此停下。"
    return Milestone(at, "定", "部门间定责中", text, "amber")


def _arbitrated(at: datetime, data: Mapping[str, Any]) -> Milestone:
    return Milestone(at, "定", f"已定责：由{data.get('decided_unit', '承办单位')}办理", "不得再退", "green")


def _extended(at: datetime, data: Mapping[str, Any]) -> Milestone:
    days, due = data.get("workdays"), data.get("due")
    until = f"，新的期限 {moment(due)}" if due else ""
    return Milestone(at, "延", "经批准延期", f"延长 {days} 个工作日{until}", "amber")


def _suspended(at: datetime, data: Mapping[str, Any]) -> Milestone:
    ground = Ground(data["ground"]).label if data.get("ground") in set(Ground) else "依法等待"
    until = f"，{moment(data['until'])} 自动恢复" if data.get("until") else ""
    return Milestone(at, "停", f"经批准暂停计时：等待{ground}", f"暂停的时间不计入办理期限{until}", "amber")


def _merged(at: datetime, data: Mapping[str, Any]) -> Milestone:
    return Milestone(at, "并", "与同一问题的其他诉求合并办理", "办结后会告知您结果", "blue")


def _referred(at: datetime, data: Mapping[str, Any]) -> Milestone:
    where = dict(PLATFORMS).get(str(data.get("platform", "")), "其他平台")
    return Milestone(at, "转", f"转交{where}", "", "blue")


def _assisted(at: datetime, data: Mapping[str, Any]) -> Milestone:
    return Milestone(at, "协", f"增加{data.get('unit', '其他单位')}协办")


_SPECIAL = {
    "add_assistant": _assisted,
    "dispatch": _dispatched, "redispatch": _redispatched, "sign": _signed, "contact": _contacted, "verify": _verified,
    "request_return": _return_asked, "arbitrate": _arbitrated, "approve_extension": _extended,
    "approve_suspension": _suspended, "merge": _merged, "refer": _referred,
}


def moment(text: str) -> str:
    """`11-20 18:00` of an ISO moment."""
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%m-%d %H:%M}"


ENDS: dict[str, str] = {
    State.DECLINED: "您反映的事项不属于热线受理范围，下面告诉您该找谁。",
    State.WITHDRAWN: "这件诉求已经撤回，不再办理。需要时可以重新反映。",
    State.MERGED: "与其他市民反映的同一问题合并办理，办结后会单独告知您结果。",
    State.REFERRED: "已转交更合适的平台办理，由对方与您联系。",
}
"""What an end beside the way means for the one who asked."""
