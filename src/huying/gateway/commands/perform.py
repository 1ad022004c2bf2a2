"""What each kind of command does on the manager connection. Each either did it or raises a Refusal in Chinese."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from huying.gateway.commands.job import Job, NotPossible, Target
from huying.gateway.legs import Leg, Legs
from huying.gateway.line import Line
from huying.gateway.phones import Phones
from huying.switch import ami

RINGS_FOR = 30_000  # ms
AUTO_ANSWER = "PJSIP_HEADER(add,X-Huying-Answer)=now"
THREE_WAY = "*#3"  # features.conf, atxferthreeway


@dataclass(frozen=True, slots=True)
class Hands:
    line: Line
    legs: Legs
    phones: Phones
    consulting: dict[str, Target]  # extension -> whom its person is asking

    def leg(self, extension: str) -> Leg:
        """The telephone's call that is talked on, else the one that rings."""
        found = sorted(self.legs.of(extension), key=lambda leg: leg.answered or not leg.rung, reverse=True)
        if not found:
            raise NotPossible("没有正在进行的通话")
        return found[0]

    def talking(self, extension: str) -> Leg:
        leg = self.leg(extension)
        if not leg.answered and leg.rung:
            raise NotPossible("电话还没有接听")
        return leg

    def idle(self, extension: str) -> None:
        if self.legs.of(extension):
            raise NotPossible("您的话机正在使用，请先结束当前通话")
        if extension in self.phones.gone:
            raise NotPossible(f"分机 {extension} 不在线，请检查话机或重新打开话机窗口")


async def hangup(job: Job, hands: Hands) -> None:
    await hands.line.action("Hangup", Channel=hands.leg(job.extension).channel, Cause=16)


async def force_hangup(job: Job, hands: Hands) -> None:
    await hands.line.action("Hangup", Channel=hands.leg(job.other).channel, Cause=16)


async def answer(job: Job, hands: Hands) -> None:
    if job.is_browser:
        raise NotPossible("请在话机窗口接听；话机窗口未打开时请先打开")
    leg = hands.leg(job.extension)
    if leg.answered or not leg.rung:
        raise NotPossible("没有正在振铃的来电")
    await _notify(leg, hands, "talk", "此话机不支持遥控接听，请直接摘机")


async def blind(job: Job, hands: Hands) -> None:
    target = _target(job)
    leg = hands.talking(job.extension)
    await hands.line.action("BlindTransfer", Channel=leg.channel, Context="move", Exten=target.exten)


async def consult(job: Job, hands: Hands) -> None:
    target = _target(job)
    leg = hands.talking(job.extension)
    if target.is_group or not target.exten.isdigit():
        raise NotPossible("咨询须选择坐席、热线或号码；转技能组请用直接转接")
    if job.extension in hands.consulting:
        raise NotPossible("正在咨询中，请先完成或取消")
    await hands.line.action("Atxfer", Channel=leg.channel, Context="move", Exten=target.exten)
    hands.consulting[job.extension] = target


async def complete(job: Job, hands: Hands) -> None:
    """Letting go of the telephone joins the two others."""
    _consulting(job, hands)
    await hands.line.action("Hangup", Channel=hands.talking(job.extension).channel, Cause=16)
    hands.consulting.pop(job.extension, None)


async def cancel(job: Job, hands: Hands) -> None:
    _consulting(job, hands)
    await hands.line.action("CancelAtxfer", Channel=hands.talking(job.extension).channel)
    hands.consulting.pop(job.extension, None)


async def conference(job: Job, hands: Hands) -> dict[str, Any]:
    """Who is asked already joins at once; else caller and agent go to a room, and the third is called into it."""
    leg = hands.talking(job.extension)
    if job.extension in hands.consulting:
        for digit in THREE_WAY:
            await hands.line.action("PlayDTMF", Channel=leg.channel, Digit=digit, Receive="true")
        hands.consulting.pop(job.extension, None)
        return {}
    target = _target(job)
    if target.is_group:
        raise NotPossible("三方通话须选择坐席、热线或号码")
    room = uuid4().hex[:12]
    await _together(leg, await _others(leg, hands), room, hands)
    await _call(target.channel, "move", f"room-{room}", job, hands)
    return {"room": room}


async def dial(job: Job, hands: Hands) -> None:
    """One's own telephone first, then the number, with the centre's own number shown."""
    target = _target(job)
    hands.idle(job.extension)
    if target.is_group:
        raise NotPossible("外呼须选择坐席、热线或号码")
    await _call(f"PJSIP/{job.extension}", "phones", target.exten, job, hands, auto=job.is_browser)


async def spy(job: Job, hands: Hands) -> None:
    await _spy(job, hands, "q")


async def whisper(job: Job, hands: Hands) -> None:
    await _spy(job, hands, "w")


async def barge(job: Job, hands: Hands) -> None:
    await _spy(job, hands, "b")


async def hold(job: Job, hands: Hands) -> None:
    leg = hands.talking(job.extension)
    if job.is_browser:
        raise NotPossible("请在话机窗口保持；话机窗口未打开时请先打开")
    await _notify(leg, hands, "hold", "此话机不支持遥控保持，请按话机上的保持键")


async def resume(job: Job, hands: Hands) -> None:
    leg = hands.talking(job.extension)
    if job.is_browser:
        raise NotPossible("请在话机窗口取回；话机窗口未打开时请先打开")
    await _notify(leg, hands, "talk", "此话机不支持遥控取回，请按话机上的保持键")


KINDS: dict[str, Callable[[Job, Hands], Awaitable[dict[str, Any] | None]]] = {
    "answer": answer, "hangup": hangup, "hold": hold, "resume": resume, "blind": blind, "consult": consult,
    "complete": complete, "cancel": cancel, "conference": conference, "dial": dial, "spy": spy, "whisper": whisper,
    "barge": barge, "force_hangup": force_hangup,
}


def _target(job: Job) -> Target:
    if job.target is None:
        raise NotPossible("请选择对象")
    return job.target


def _consulting(job: Job, hands: Hands) -> None:
    if job.extension not in hands.consulting:
        raise NotPossible("没有正在进行的咨询")


async def _spy(job: Job, hands: Hands, mode: str) -> None:
    hands.idle(job.extension)
    if not hands.legs.busy(job.other):
        raise NotPossible("该坐席没有正在进行的通话")
    await _call(f"PJSIP/{job.extension}", "spy", f"{mode}-{job.other}", job, hands, auto=job.is_browser)


async def _call(channel: str, context: str, exten: str, job: Job, hands: Hands, *, auto: bool = False) -> None:
    variables = [f"__HY_CENTRE={job.centre}"] + ([AUTO_ANSWER] if auto else [])
    shown = exten if exten.isdigit() else job.extension
    await hands.line.action(
        "Originate", Channel=channel, Context=context, Exten=exten, Priority=1, CallerID=f"<{shown}>", Timeout=RINGS_FOR,
        Async="true", Variable=variables,
    )


async def _others(leg: Leg, hands: Hands) -> list[str]:
    """The channels that hear `leg`."""
    rows = await hands.line.listed("CoreShowChannels")
    bridge = next((row.get("BridgeId", "") for row in rows if row.get("Channel") == leg.channel), "")
    return [row["Channel"] for row in rows if bridge and row.get("BridgeId") == bridge and row["Channel"] != leg.channel]


async def _together(leg: Leg, others: list[str], room: str, hands: Hands) -> None:
    if len(others) != 1:
        raise NotPossible("当前不是两方通话，不能再加入第三方")
    place: dict[str, ami.Value] = {"Context": "move", "Exten": f"room-{room}", "Priority": 1}
    extra: dict[str, ami.Value] = {f"Extra{name}": value for name, value in place.items()}
    await hands.line.action("Redirect", Channel=others[0], ExtraChannel=leg.channel, **place, **extra)


async def _notify(leg: Leg, hands: Hands, event: str, otherwise: str) -> None:
    """The remote control that some telephones understand."""
    try:
        await hands.line.action("PJSIPNotify", Channel=leg.channel, Variable=f"Event={event}")
    except ami.ActionRefused as refusal:
        raise NotPossible(otherwise) from refusal
