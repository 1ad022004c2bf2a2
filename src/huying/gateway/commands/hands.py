"""What carrying out a command takes: the line to the switch and what is known of the telephones."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import randbelow

from huying.gateway.commands.job import Job, NotPossible, Target
from huying.gateway.legs import Leg, Legs
from huying.gateway.line import Line
from huying.gateway.phones import Phones
from huying.switch import ami
from huying.switch.records import USER, Record, node_of

SETTLES = 2.0
"""Seconds until who consults has left the citizen: the switch first says so to them, then takes the keys it is sent."""
LOOK_EVERY = 0.1
UNUSED = 10**9
"""The switch numbers its channels from 1 up."""


def bridge_of(channel: str, rows: Sequence[ami.Message]) -> tuple[str, list[ami.Message]]:
    """The bridge that `channel` is in, and the rows of the others in it; ("", []) when it is in none."""
    found = next((row.get("BridgeId", "") for row in rows if row.get("Channel") == channel), "")
    return found, [row for row in rows if found and row.get("BridgeId") == found and row.get("Channel") != channel]


@dataclass(frozen=True, slots=True)
class Consultation:
    """`channel` asks; `bridge`: where the citizen waits; whoever is back in it asks nobody any more."""

    target: Target
    channel: str
    citizen: str  # channel
    bridge: str
    since: float  # time.monotonic()


@dataclass(frozen=True, slots=True)
class Hands:
    line: Line
    legs: Legs
    phones: Phones
    consulting: dict[str, Consultation]  # by the extension of who asks
    note: Callable[[Record], None]  # what Asterisk does not write into its file

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

    def part_of(self, call: str) -> str:
        """A name for the channel about to be called, on record as a part of this call: nothing else tells so when nobody answers."""
        at = datetime.now(UTC)
        node = node_of(call)
        name = f"{node}{'-' * bool(node)}{int(at.timestamp())}.{UNUSED + randbelow(UNUSED)}"
        self.note(Record(at=at, linkedid=name, uniqueid=name, kind=USER, channel="", user_event="PART", extra={"extra": call}))
        return name

    def moved(self, leg: Leg, to: str) -> None:
        """That this telephone handed its caller on, put on record where the switch knows nothing of it."""
        self.note(Record(
            at=datetime.now(UTC), linkedid=leg.linkedid, uniqueid=leg.uniqueid, kind="BLINDTRANSFER", channel=leg.channel,
            extra={"extension": to},
        ))

    async def send(self, channel: str, exten: str) -> None:
        """A citizen goes there, without whoever served them."""
        await self.line.action("Redirect", Channel=channel, Context="move", Exten=exten, Priority=1)

    async def bridge(self, leg: Leg) -> tuple[str, list[str]]:
        """The bridge that `leg` is in, and the other channels in it; ("", []) when it is in none."""
        found, others = bridge_of(leg.channel, await self.line.listed("CoreShowChannels"))
        return found, [row["Channel"] for row in others]

    async def in_room(self, leg: Leg) -> bool:
        """Whether it is in a room for three, where the switch knows neither transfers nor consultations."""
        rows = await self.line.listed("CoreShowChannels")
        return any(row.get("Channel") == leg.channel and row.get("Application") == "ConfBridge" for row in rows)

    async def consults(self, extension: str) -> bool:
        """Whether its person asks somebody now. The switch ends a consultation by itself when nobody answers."""
        begun = self.consulting.get(extension)
        if begun is None:
            return False
        if time.monotonic() - begun.since > SETTLES and (await self.bridge(self.talking(extension)))[0] == begun.bridge:
            self.consulting.pop(extension, None)
        return extension in self.consulting

    async def must_consult(self, job: Job) -> None:
        """Raises NotPossible. What follows at once waits until the switch has begun: keys sent before that are lost, and who lets
        go then loses the citizen."""
        while await self.consults(job.extension):
            begun = self.consulting[job.extension]
            if (await self.bridge(self.talking(job.extension)))[0] not in {"", begun.bridge}:
                return
            await asyncio.sleep(LOOK_EVERY)
        raise NotPossible("没有正在进行的咨询")
