"""A call's milestones in Chinese, for its page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

TITLES = {
    "entered": "进入热线", "routed": "选择去向", "blocked": "命中拦截名单", "node": "语音导航", "key": "按键", "said": "说话导航",
    "human": "请求人工", "queued": "进入排队", "left_queue": "离开排队", "offered": "坐席振铃", "answered": "接听", "missed": "未接",
    "refused": "拒接", "cancelled": "振铃取消", "failed": "呼叫失败", "left": "退出通话", "held": "保持", "retrieved": "取回",
    "transferred": "转接", "conference": "三方通话", "asked": "咨询技能组", "asked_in_vain": "技能组无人应答", "desk": "转其他热线",
    "dialled": "外呼", "voicemail": "留言", "call_back": "预约回拨", "recorded": "开始录音", "recording_paused": "来电人一侧暂停录音",
    "recording_resumed": "来电人一侧恢复录音", "invited": "邀请评价", "rated": "按键评价", "ended": "通话结束",
    "after_work_ended": "话后处理完成",
}
TONES = {"answered": "green", "missed": "red", "refused": "red", "failed": "red", "blocked": "red", "rated": "green", "held": "amber"}
LABELS = {
    "called": "被叫", "queue": "队列", "why": "原因", "extension": "分机", "node": "节点", "keys": "按键", "to": "去向", "rating": "评价",
    "desk": "热线", "role": "角色", "how": "方式", "exit": "出口", "flow": "流程", "by": "释放方", "verdict": "处理",
}
WORDS = {
    "blind": "直接转接", "attended": "咨询转接", "timeout": "超时未按", "invalid": "按键无效", "agent": "坐席", "consult": "咨询",
    "outside": "外线", "monitor": "监听", "caller": "来电人", "system": "系统", "pass": "放行",
    "silent": "没有说话", "unclear": "没有听懂", "failed": "没有结果", "refused": "拦截", "key": "按键评价",
    "ANSWERED": "已接听", "ABANDON": "来电人放弃", "TIMEOUT": "等待超时", "FULL": "排队已满", "JOINEMPTY": "无人签入",
    "LEAVEEMPTY": "无人可接听", "JOINUNAVAIL": "无人可接听", "LEAVEUNAVAIL": "无人可接听", "CONTINUE": "坐席挂断",
    "WITHDRAW": "已撤出排队",
}
ONLY_SO = {("invited", "by"): "方式", ("rated", "rating"): "按键"}
"""A word that says something else in one kind of line."""
PAUSING = {"recording_paused", "recording_resumed"}
WORTH_A_LINE = timedelta(seconds=1)
"""A shorter pause is that of a key that begins a transfer or a room, not a hold."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the course; shaped for the time line component."""

    at: datetime
    title: str
    who: str = ""
    tone: str = ""
    text: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    mark: str = "话"
    id: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """While the citizen's side was not recorded; until None: to the call's end."""

    since: datetime
    until: datetime | None


def pauses(milestones: Iterable[Mapping[str, Any]]) -> list[Pause]:
    """In order."""
    found: list[Pause] = []
    for row in milestones:
        at = datetime.fromisoformat(str(row["at"]))
        if row.get("kind") == "recording_paused":
            found.append(Pause(at, None))
        elif row.get("kind") == "recording_resumed" and found and found[-1].until is None:
            found[-1] = Pause(found[-1].since, at)
    return found


def lines(
    milestones: Iterable[Mapping[str, Any]], people: Mapping[object, str], names: Mapping[str, str]
) -> list[Line]:
    """In order of time. `people`: extension, or key of a person -> name; `names`: the switch's name of a queue, a flow, or
    a step ("flow:node") -> its own."""
    rows = list(milestones)
    told = [_line(row, people, names) for row in rows if row.get("kind") not in PAUSING]
    told += [_paused(each) for each in pauses(rows) if each.until is None or each.until - each.since >= WORTH_A_LINE]
    return sorted(told, key=lambda line: line.at)


def _paused(pause: Pause) -> Line:
    """Both ends in one line."""
    lasted = f" {round((pause.until - pause.since).total_seconds())} 秒" if pause.until else "，至通话结束"
    return Line(pause.since, TITLES["recording_paused"] + lasted)


def _line(row: Mapping[str, Any], people: Mapping[object, str], names: Mapping[str, str]) -> Line:
    kind = str(row.get("kind", ""))
    title, tone = TITLES.get(kind, kind), TONES.get(kind, "")
    if kind == "rated" and row.get("rating") is None:
        title, tone = "未按键评价", ""
    facts = [
        (ONLY_SO.get((kind, name), LABELS[name]), _said(row, name, names))
        for name, value in row.items() if name in LABELS and value not in (None, "")
    ]
    who = people.get(str(row.get("extension", "")), "") or people.get(row.get("staff"), "")
    return Line(datetime.fromisoformat(str(row["at"])), title, who, tone, facts=facts)


def _said(row: Mapping[str, Any], name: str, names: Mapping[str, str]) -> str:
    value = str(row[name])
    key = f"{row.get('flow', '')}:{value}" if name == "node" else value
    return names.get(key, WORDS.get(value, value))
