"""What each kind of command does on the manager connection. Each either did it or raises a Refusal in Chinese."""

import contextlib
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from huying.gateway.commands import recorder
from huying.gateway.commands.hands import SETTLES, Consultation, Hands
from huying.gateway.commands.handset import answer, asked_to_answer, hold, resume, retrieved
from huying.gateway.commands.job import Job, NotPossible, Target
from huying.gateway.legs import Leg
from huying.switch import ami
from huying.switch.render.dialplan import ASKED

RINGS_FOR = 30_000  # ms
THREE_WAY = "*#3"  # features.conf, atxferthreeway


async def hangup(job: Job, hands: Hands) -> None:
    """Of who asks a colleague: as `complete`."""
    if await hands.consults(job.extension):
        with contextlib.suppress(NotPossible):  # nobody came, and they are back
            await hands.must_consult(job)
    await hands.line.action("Hangup", Channel=hands.leg(job.extension).channel, Cause=16)


async def force_hangup(job: Job, hands: Hands) -> None:
    await hands.line.action("Hangup", Channel=hands.leg(job.other).channel, Cause=16)


async def blind(job: Job, hands: Hands) -> None:
    target = _target(job)
    leg = hands.talking(job.extension)
    if not await hands.in_room(leg):
        await hands.line.action("BlindTransfer", Channel=leg.channel, Context="move", Exten=target.exten)
        return
    _, others = await hands.bridge(leg)  # which the third has left, or never entered
    if len(others) != 1:
        raise NotPossible("三方通话中不能转接；您挂断后，另外两方继续通话")
    await hands.send(others[0], target.exten)
    hands.moved(leg, target.exten)
    await hands.line.action("Hangup", Channel=leg.channel, Cause=16)


async def consult(job: Job, hands: Hands) -> None:
    target = _target(job)
    leg = hands.talking(job.extension)
    if await hands.consults(job.extension):
        raise NotPossible("正在咨询中，请先完成或取消")
    if await hands.in_room(leg):
        raise NotPossible("三方通话之后不能再先咨询，请用直接转接或三方通话")
    await _somebody_free(target, hands)
    await retrieved(leg, hands)
    bridge, others = await hands.bridge(leg)
    if len(others) != 1:
        raise NotPossible("当前没有与来电人通话，不能咨询")
    dialled = target.asked
    if not dialled.isdigit():
        await hands.line.action("Setvar", Channel=leg.channel, Variable="__HY_ASK", Value=target.asked)
        dialled = ASKED
    for name, value in {"HY_NEXT": target.exten, "HY_NEXT_UNTIL": str(math.ceil(time.time() + SETTLES))}.items():
        await hands.line.action("Setvar", Channel=others[0], Variable=name, Value=value)
    await hands.line.action("Atxfer", Channel=leg.channel, Context="move", Exten=dialled)
    hands.consulting[job.extension] = Consultation(target, leg.channel, others[0], bridge, time.monotonic())


async def complete(job: Job, hands: Hands) -> None:
    """Letting go of the telephone joins the two others; before anybody has answered, see let_go."""
    await hands.must_consult(job)
    await hands.line.action("Hangup", Channel=hands.talking(job.extension).channel, Cause=16)


async def cancel(job: Job, hands: Hands) -> None:
    await hands.must_consult(job)
    await hands.line.action("CancelAtxfer", Channel=hands.talking(job.extension).channel)
    hands.consulting.pop(job.extension, None)


async def conference(job: Job, hands: Hands) -> dict[str, Any]:
    """Who is asked already joins at once; else caller and agent go to a room, and the third is called into it."""
    leg = hands.talking(job.extension)
    if await hands.consults(job.extension):
        if not (await hands.bridge(leg))[1]:
            raise NotPossible("对方还没有接听，接听后才能三方通话")
        for digit in THREE_WAY:
            await hands.line.action("PlayDTMF", Channel=leg.channel, Digit=digit, Receive="true")
        hands.consulting.pop(job.extension, None)
        await recorder.anew_with_three(leg, hands)
        return {}
    target = _target(job)
    await _somebody_free(target, hands)
    await retrieved(leg, hands)
    room = uuid4().hex[:12]
    await _together(leg, (await hands.bridge(leg))[1], room, hands)
    shown = (await hands.line.action("Getvar", Channel=leg.channel, Variable="HY_SHOW")).get("Value", "")
    await _call(target.channel, "move", f"room-{room}", job, hands, call=leg.linkedid, shown=shown)
    return {"room": room}


async def dial(job: Job, hands: Hands) -> None:
    """One's own telephone first, then the number, with the centre's own number shown."""
    target = _target(job)
    hands.idle(job.extension)
    if target.queue:
        raise NotPossible("外呼须选择坐席、热线或号码")
    await _call(f"PJSIP/{job.extension}", "phones", target.exten, job, hands, auto=True)


async def spy(job: Job, hands: Hands) -> None:
    await _spy(job, hands, "q")


async def whisper(job: Job, hands: Hands) -> None:
    await _spy(job, hands, "w")


async def barge(job: Job, hands: Hands) -> None:
    await _spy(job, hands, "b")


KINDS: dict[str, Callable[[Job, Hands], Awaitable[dict[str, Any] | None]]] = {
    "answer": answer, "hangup": hangup, "hold": hold, "resume": resume, "blind": blind, "consult": consult,
    "complete": complete, "cancel": cancel, "conference": conference, "dial": dial, "spy": spy, "whisper": whisper,
    "barge": barge, "force_hangup": force_hangup,
}


def _target(job: Job) -> Target:
    if job.target is None:
        raise NotPossible("请选择对象")
    return job.target


async def _somebody_free(target: Target, hands: Hands) -> None:
    """Asked before the citizen is put on hold for nothing. The count is the switch's own, of this moment."""
    if not target.queue:
        return
    free = (await hands.line.action("Getvar", Variable=f"QUEUE_MEMBER({target.queue},ready)")).get("Value", "")
    if free in {"", "0"}:
        raise NotPossible(f"{target.label}现在没有空闲坐席，来电人仍在与您通话；可直接转接到该组排队")


async def _spy(job: Job, hands: Hands, mode: str) -> None:
    hands.idle(job.extension)
    if not hands.legs.busy(job.other):
        raise NotPossible("该坐席没有正在进行的通话")
    await _call(f"PJSIP/{job.extension}", "spy", f"{mode}-{job.other}", job, hands, auto=True)


async def _call(
    channel: str, context: str, exten: str, job: Job, hands: Hands, *, auto: bool = False, call: str = "", shown: str = ""
) -> None:
    """`call`: the citizen's, of which the called party becomes a part; `shown`: the number that is seen outside."""
    variables = [f"__HY_CENTRE={job.centre}", *(asked_to_answer(job) if auto else []), *([f"__HY_CALL={call}"] if call else [])]
    variables += [f"__HY_SHOW={shown}"] if shown else []
    own = exten if exten.isdigit() else job.extension
    name = {"ChannelId": hands.part_of(call)} if call and not channel.startswith("Local/") else {}
    await hands.line.action(
        "Originate", Channel=channel, Context=context, Exten=exten, Priority=1, CallerID=f"<{own}>", Timeout=RINGS_FOR,
        Async="true", Variable=variables, **name,
    )


async def _together(leg: Leg, others: list[str], room: str, hands: Hands) -> None:
    if len(others) != 1:
        raise NotPossible("当前不是两方通话，不能再加入第三方")
    place: dict[str, ami.Value] = {"Context": "move", "Exten": f"room-{room}", "Priority": 1}
    extra: dict[str, ami.Value] = {f"Extra{name}": value for name, value in place.items()}
    await hands.line.action("Redirect", Channel=others[0], ExtraChannel=leg.channel, **place, **extra)
