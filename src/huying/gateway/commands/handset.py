"""What a telephone's own keys do, done for it: answering, holding, retrieving.

Holding needs nothing of the telephone: its channel is sent keys that the switch understands (render.base.HOLD_KEYS), and
nothing leaves its bridge, so that recording and facts go on.
"""

import asyncio

from huying.calls.models import Phone
from huying.gateway.commands.hands import Hands
from huying.gateway.commands.job import Job, NotPossible
from huying.gateway.legs import Leg
from huying.switch import ami
from huying.switch.render.base import HOLD_KEYS, RETRIEVE_KEY

WINDOW_ANSWERS = "PJSIP_HEADER(add,X-Huying-Answer)=now"
TELEPHONE_ANSWERS = (
    "PJSIP_HEADER(add,Call-Info)=<sip:huying>;answer-after=0",
    "PJSIP_HEADER(add,Alert-Info)=<http://www.notused.com>;info=alert-autoanswer;delay=0",
    "PJSIP_HEADER(add,Answer-Mode)=Auto",
)
LOOKS, LOOK_EVERY = 30, 0.05  # seconds
BY_HAND = "请拿起话机接听"


def asked_to_answer(job: Job) -> tuple[str, ...]:
    """Variables of a call to the own telephone that its person has asked for: nothing to decide there."""
    if not job.answers:
        return (WINDOW_ANSWERS,)
    return TELEPHONE_ANSWERS if job.answers == Phone.Answering.AUTO else ()


async def answer(job: Job, hands: Hands) -> None:
    if not job.answers:
        raise NotPossible("请在话机窗口接听；话机窗口未打开时请先打开")
    leg = hands.leg(job.extension)
    if leg.answered or not leg.rung:
        raise NotPossible("没有正在振铃的来电")
    if job.answers != Phone.Answering.REMOTE:
        raise NotPossible(BY_HAND)
    try:
        await hands.line.action("PJSIPNotify", Channel=leg.channel, Variable="Event=talk")
    except ami.ActionRefused as refusal:
        raise NotPossible(f"此话机没有响应遥控，{BY_HAND}") from refusal


async def hold(job: Job, hands: Hands) -> None:
    leg = hands.talking(job.extension)
    if not job.answers:
        raise NotPossible("请在话机窗口保持；话机窗口未打开时请先打开")
    if await hands.consults(job.extension):
        raise NotPossible("咨询时来电人已在保持，请先完成或取消咨询")
    if await _is_held(leg, hands):
        raise NotPossible("来电人已在保持")
    if not (await hands.bridge(leg))[1]:
        raise NotPossible("对方还没有接通，不能保持")
    for key in HOLD_KEYS:
        await hands.line.action("PlayDTMF", Channel=leg.channel, Digit=key, Receive="true")
    if not await _becomes(leg, hands, held=True):
        raise NotPossible("当前通话不能保持（三方通话时请先让第三方退出），来电人仍能听到您")


async def resume(job: Job, hands: Hands) -> None:
    leg = hands.talking(job.extension)
    if not job.answers:
        raise NotPossible("请在话机窗口取回；话机窗口未打开时请先打开")
    if not await retrieved(leg, hands):
        raise NotPossible("来电人不是由话务条保持的；如用话机上的键保持，请在话机上取回")


async def retrieved(leg: Leg, hands: Hands) -> bool:
    """End a hold of ours; whether there was one."""
    if not await _is_held(leg, hands):
        return False
    await hands.line.action("PlayDTMF", Channel=leg.channel, Digit=RETRIEVE_KEY, Receive="true")
    if not await _becomes(leg, hands, held=False):
        raise NotPossible("没有取回成功，请重试，或按话机上的 * 键")
    return True


async def _is_held(leg: Leg, hands: Hands) -> bool:
    return (await hands.line.action("Getvar", Channel=leg.channel, Variable="HY_HELD")).get("Value") == "1"


async def _becomes(leg: Leg, hands: Hands, *, held: bool) -> bool:
    for _ in range(LOOKS):
        if await _is_held(leg, hands) == held:
            return True
        await asyncio.sleep(LOOK_EVERY)
    return False
