"""While a citizen hears music on hold, what they say to somebody beside them is not recorded, unless their centre wants it
(R215). The music itself stays in the recording, so its length is that of the call.

The recorder hangs on the citizen's channel, or on the agent's who dialled out; Asterisk has no such setting of its own.
Should we be gone when a hold begins it is recorded like the rest; gone when it ends, the side is heard again with our return.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import structlog

from huying.calls.queries.switch import centres_recording_on_hold
from huying.gateway.database import Database
from huying.gateway.legs import SEAT, Legs
from huying.gateway.line import Line
from huying.kernel.errors import Refusal
from huying.switch import ami
from huying.switch.records import USER, Record

log = structlog.get_logger("huying.gateway")
BEGINS, ENDS = "MusicOnHoldStart", "MusicOnHoldStop"
PAUSED, RESUMED = "PAUSED", "RESUMED"


class Pauses:
    """`note` is given the record of each pause's beginning and end."""

    def __init__(self, line: Line, database: Database, legs: Legs, note: Callable[[Record], None]) -> None:
        self.line, self.database, self.legs, self._note = line, database, legs, note
        self._recording: frozenset[str] = frozenset()
        self._muted: dict[str, list[tuple[str, str]]] = {}
        self._heard: asyncio.Queue[ami.Message] = asyncio.Queue()

    async def load(self) -> None:
        """Which centres record everything."""
        self._recording = await self.database.do(centres_recording_on_hold)

    async def free(self, channels: Iterable[str]) -> None:
        """Whatever a gateway before us may have left muted."""
        for channel in channels:
            for direction in ("read", "write"):
                await self._mute(channel, direction, muted=False)

    def heard(self, event: ami.Message) -> None:
        self._heard.put_nowait(event)

    async def run(self) -> None:
        while True:
            event = await self._heard.get()
            try:
                await (self._pause(event) if event["Event"] == BEGINS else self._resume(event))
            except Refusal as refusal:
                log.warning("pause_of_recording", said=refusal.code)

    async def _pause(self, event: ami.Message) -> None:
        channel = event.get("Channel", "")
        if not self._is_served(event.get("Linkedid", "")) or await self._asked(channel, "HY_CENTRE") in self._recording:
            return
        sides = [(channel, "read")]
        if SEAT.fullmatch(peer := await self._asked(channel, "BRIDGEPEER")):
            sides.append((peer, "write"))
        done = [side for side in sides if await self._mute(*side, muted=True)]
        if done:
            self._muted[event.get("Uniqueid", "")] = done
            self._note(_record(event, PAUSED))

    async def _resume(self, event: ami.Message) -> None:
        sides = self._muted.pop(event.get("Uniqueid", ""), [])
        done = [await self._mute(*side, muted=False) for side in sides]
        if any(done):
            self._note(_record(event, RESUMED))

    def _is_served(self, linkedid: str) -> bool:
        """Music before anybody answered is that of a queue, where nothing is recorded."""
        return any(leg.linkedid == linkedid and (leg.answered or not leg.rung) for leg in self.legs.legs.values())

    async def _asked(self, channel: str, name: str) -> str:
        return (await self.line.action("Getvar", Channel=channel, Variable=name)).get("Value", "")

    async def _mute(self, channel: str, direction: str, *, muted: bool) -> bool:
        """Whether a recorder hangs on that channel."""
        try:
            await self.line.action("MixMonitorMute", Channel=channel, Direction=direction, State=int(muted))
        except ami.ActionRefused:
            return False
        return True


def _record(event: ami.Message, what: str) -> Record:
    """The manager's clock is the record file's, in microseconds."""
    try:
        at = datetime.fromtimestamp(float(event.get("Timestamp", "")), UTC)
    except ValueError:
        at = datetime.now(UTC)
    return Record(
        at=at, linkedid=event.get("Linkedid", ""), uniqueid=event.get("Uniqueid", ""), kind=USER, user_event=what,
        channel=event.get("Channel", ""),
    )
