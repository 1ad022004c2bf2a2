"""The recorder of a call, begun anew.

Asterisk's recorder that was begun while two spoke hears nobody as long as a key is held once its bridge has become one of
three (measured: 0.2 s lost with each key, in two runs of three); begun in the new bridge it does not. What is lost by
beginning anew is a fifth of a second, once. The dialplan does the same for whoever is sent on or into a room (record-on).
"""

import asyncio

from huying.gateway.commands.hands import Hands
from huying.gateway.legs import Leg
from huying.switch import ami

CLOSES = 0.2  # seconds until the file is closed
MEETS = 2.0
LOOK_EVERY = 0.05


async def anew_with_three(leg: Leg, hands: Hands) -> None:
    """As soon as `leg` is in a bridge with two others; without them nothing."""
    until = asyncio.get_running_loop().time() + MEETS
    others: list[str] = []
    while len(others) < 2 and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(LOOK_EVERY)
        others = (await hands.bridge(leg))[1]
    if len(others) > 1:
        await asyncio.gather(*(_anew(channel, hands) for channel in (leg.channel, *others)))


async def _anew(channel: str, hands: Hands) -> None:
    """A channel that goes meanwhile needs no recorder."""
    try:
        name = (await hands.line.action("Getvar", Channel=channel, Variable="HY_RECORDING")).get("Value", "")
        if not name:
            return
        spool = (await hands.line.action("Getvar", Variable="HY_SPOOL")).get("Value", "")
        await hands.line.action("StopMixMonitor", Channel=channel)
        await asyncio.sleep(CLOSES)
        await hands.line.action("MixMonitor", Channel=channel, File=f"{spool}/recordings/{name}", Options="ab")
    except ami.ActionRefused:
        return
