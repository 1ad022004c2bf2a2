"""Rights this room knows, and the fixed lists of its life."""

from enum import StrEnum

PERMISSIONS = {
    "calls.answer": "签入话务队列、接听与外呼",
    "calls.view": "查询通话、收听录音",
    "calls.view_own": "查询本人通话、收听本人录音",
    "calls.download": "下载录音",
    "calls.monitor": "查看坐席墙与排队墙",
    "calls.supervise": "监听、耳语、插话、强拆、强制改变坐席状态",
    "calls.report": "查看话务报表",
    "calls.nominate_block": "提名拦截恶意号码",
    "calls.approve_block": "审批拦截恶意号码与申诉",
    "calls.manage": "维护中继、号码、话机、技能组、语音流程与话务参数",
}

SWITCH_CHANNEL = "huying_switch"
"""LISTEN/NOTIFY: the id of a `Command` that waits for the gateway, or "config" when the switch is to be told anew."""

NEWS_CHANNEL = "huying_calls"
"""LISTEN/NOTIFY: JSON {"t": topic, "c": centre pk, "s": staff pk or null, "k": call pk or null} for live screens."""


class AgentState(StrEnum):
    """What a seat's person is doing; `calls.workflow` says which may follow which."""

    OFFLINE = "offline"
    READY = "ready"
    BUSY = "busy"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


AGENT_STATE_LABELS = {
    AgentState.OFFLINE: "未签入", AgentState.READY: "空闲", AgentState.BUSY: "置忙", AgentState.RINGING: "振铃",
    AgentState.TALKING: "通话", AgentState.WRAP_UP: "话后处理",
}

BUSY_REASONS = {
    "break": "小休", "meal": "用餐", "meeting": "会议", "training": "培训", "outgoing": "外呼", "paperwork": "案头处理",
    "coaching": "辅导", "relief": "心理缓冲", "forced": "班长置忙", "missed": "未接置忙", "phone": "话机离线",
    "other": "其他",
}
"""Why somebody is not ready (R213)."""

NOT_CHOSEN = frozenset({"forced", "missed", "phone"})
"""Reasons that a person does not give himself."""


class Outcome(StrEnum):
    """How one citizen's call ended, from the citizen's side."""

    GOING_ON = "going_on"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    ABANDONED_MENU = "abandoned_menu"
    SELF_SERVICE = "self_service"
    VOICEMAIL = "voicemail"
    CALL_BACK = "call_back"
    CLOSED = "closed"
    BLOCKED = "blocked"
    NO_ANSWER = "no_answer"
    LOST = "lost"
    PASSED_ON = "passed_on"


OUTCOME_LABELS = {
    Outcome.GOING_ON: "进行中", Outcome.ANSWERED: "人工接听", Outcome.ABANDONED: "排队放弃", Outcome.ABANDONED_MENU: "导航中挂断",
    Outcome.SELF_SERVICE: "自助完成", Outcome.VOICEMAIL: "留言", Outcome.CALL_BACK: "预约回拨", Outcome.CLOSED: "非工作时间",
    Outcome.BLOCKED: "已拦截", Outcome.NO_ANSWER: "无人接听", Outcome.LOST: "系统原因中断", Outcome.PASSED_ON: "转其他热线",
}
