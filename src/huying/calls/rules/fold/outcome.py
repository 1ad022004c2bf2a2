"""How a call ended: by whom, why, and what the citizen got out of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from huying.calls.catalog import Outcome
from huying.calls.rules.fold.channels import Channel, Stream
from huying.calls.rules.fold.facts import LegFacts
from huying.calls.rules.fold.parties import INWARD, OUTWARD, Cast

CALLER, AGENT, SYSTEM = "caller", "agent", "system"
CAUSES = {
    1: "空号", 3: "无路由", 16: "正常挂断", 17: "用户忙", 18: "用户无响应", 19: "无人接听", 20: "话机不在线", 21: "拒接",
    22: "号码已变更", 26: "已由他人接听", 27: "对端故障", 28: "号码不完整", 31: "正常", 34: "线路全忙", 38: "网络故障", 41: "临时故障",
    42: "设备拥塞", 44: "线路不可用", 50: "未开通", 57: "无权呼叫", 58: "承载不可用", 88: "不兼容", 102: "超时", 111: "信令错误",
    127: "其他",
}
HUNG_UP, IN_VAIN = 16, frozenset({1, 17, 18, 19, 20, 21, 22})
RESTARTED = "话务交换系统重启"


def ended_by(stream: Stream, cast: Cast, legs: Iterable[LegFacts], *, lost: bool) -> str:
    """Who let go: of a conversation whoever left it first, else whoever ended the call."""
    if lost:
        return SYSTEM
    talked = [leg for leg in legs if leg.talk_ms and leg.ended_at]
    last = max(talked, key=lambda leg: (leg.ended_at, leg.uniqueid), default=None)
    channel = stream.channels[last.uniqueid] if last else None
    for source in (channel.source if channel else "", cast.citizen.source):
        if who := _whose(stream, cast, source):
            return who
    if channel and cast.citizen.ended and channel.ended and channel.ended <= cast.citizen.ended and not channel.source:
        return AGENT if channel.extension else SYSTEM
    return SYSTEM


def _whose(stream: Stream, cast: Cast, source: str) -> str:
    if source == cast.citizen.name:
        return CALLER
    found = stream.named(source) if source else None
    return AGENT if found and found.is_party and not found.is_spy else ""


def outcome_of(
    stream: Stream, cast: Cast, legs: Iterable[LegFacts], answered: datetime | None, by: str, nodes: Mapping[str, str]
) -> Outcome:
    """`nodes`: what kind each "flow:node" is; "closed" for those behind the closed door of opening hours."""
    told = {said.event for said in stream.said}
    if answered:
        return Outcome.ANSWERED
    if cast.direction != INWARD:
        return Outcome.NO_ANSWER
    if refused := _refused(stream):
        return refused
    if any(leg.role == "outside" and leg.talk_ms for leg in legs):
        return Outcome.PASSED_ON
    if "MAIL" in told:
        return Outcome.VOICEMAIL
    if "CALLBACK" in told:
        return Outcome.CALL_BACK
    if told & {"HUMAN", "QUEUE"}:
        return Outcome.ABANDONED if by == CALLER else Outcome.NO_ANSWER
    return _in_the_menus(stream, by, nodes)


def _refused(stream: Stream) -> Outcome | None:
    """Not let in: kept out on purpose, or for want of a line, which is the system's fault (K5-03)."""
    reasons = {said.text for said in stream.said if said.event == "REFUSE"}
    if "lines" in reasons:
        return Outcome.LOST
    kept_out = any(said.event == "BLOCKED" and said.text.startswith("refuse") for said in stream.said)
    return Outcome.BLOCKED if kept_out or reasons else None


def _in_the_menus(stream: Stream, by: str, nodes: Mapping[str, str]) -> Outcome:
    kinds = {nodes.get(said.text, "") for said in stream.said if said.event == "NODE"}
    if "closed" in kinds:
        return Outcome.CLOSED
    if "self_service" in kinds:
        return Outcome.SELF_SERVICE
    # Heard to its end, a flow of announcements has done what it is for.
    return Outcome.ABANDONED_MENU if by == CALLER or not kinds else Outcome.SELF_SERVICE


def not_invited(cast: Cast, answered: datetime | None, invited: datetime | None, by: str) -> str:
    """Why a served citizen was not asked for a rating; a caller who hangs up first is nobody's fault (K5-10)."""
    if not answered or invited:
        return ""
    if cast.direction != INWARD:
        return "outgoing" if cast.direction == OUTWARD else ""
    return "caller_left" if by == CALLER else "not_asked"


def cause_of(citizen: Channel, by: str, *, lost: bool, answered: bool) -> tuple[int, str]:
    """The code as the switch gave it (0: none, as when a caller goes before the answer) and its words. Of somebody else who was
    called for a citizen in vain, it stays with their channel."""
    if lost:
        return 0, RESTARTED
    if answered and by == CALLER and citizen.cause in IN_VAIN:
        return HUNG_UP, CAUSES[HUNG_UP]
    if citizen.cause == 0:
        return 0, "来电人挂断" if by == CALLER else ""
    return citizen.cause, CAUSES.get(citizen.cause, f"原因码 {citizen.cause}")
