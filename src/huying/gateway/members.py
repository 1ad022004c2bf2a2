"""Who stands in the switch's queues, kept equal to who is signed in and ready.

Asterisk keeps its members over its own restart, and serves them while we are away; here only differences are sent.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from huying.calls.operations.call_back import call_backs_due
from huying.calls.queries.seats import WantedMember, wanted_members
from huying.gateway.database import Database
from huying.gateway.legs import Legs, SeatEvent
from huying.gateway.line import Line
from huying.kernel.errors import Refusal
from huying.switch import ami

log = structlog.get_logger("huying.gateway")
MEMBER_EVENTS = tuple(f"QueueMember{what}" for what in ("Added", "Removed", "Status", "Pause", "Penalty", "Ringinuse"))
REST = 0.05  # seconds: seats change together, and whoever answered was paused at once
WITHOUT_DATABASE = 20.0
"""Seconds after a call until its agent gets the next one while nobody can say that the after-call work is done."""


@dataclass(slots=True)
class Member:
    penalty: int
    paused: bool


class Members:
    """`actual` mirrors the switch: (queue, interface) -> member."""

    def __init__(self, line: Line, database: Database, legs: Legs) -> None:
        self.line, self.database, self.legs = line, database, legs
        self.actual: dict[tuple[str, str], Member] = {}
        self.queues: set[str] = set()
        self.changed = asyncio.Event()
        self._pausing: set[asyncio.Task[None]] = set()
        self._let_go: dict[str, float] = {}

    async def load(self) -> None:
        """What the switch has now."""
        rows = await self.line.listed("QueueStatus")
        self.actual.clear()
        self.queues = {row["Queue"] for row in rows if row.get("Event") == "QueueParams"}
        for row in rows:
            self.heard(row)

    def heard(self, event: ami.Message) -> None:
        kind, key = event.get("Event", ""), (event.get("Queue", ""), event.get("Interface") or event.get("Location", ""))
        if kind == "QueueMemberRemoved":
            self.actual.pop(key, None)
        elif kind.startswith("QueueMember"):
            penalty, paused = event.get("Penalty", "0"), event.get("Paused") == "1"
            self.actual[key] = Member(int(penalty) if penalty.isdigit() else 0, paused)

    def told(self, events: Sequence[SeatEvent]) -> None:
        """At the moment of an answer the agent is paused, so that no second call slips in; the database is not waited for."""
        for event in events:
            if event.event == "answered":
                self._let_go.pop(event.extension, None)
                self._soon(event.extension, paused=True, reason="call")
            elif event.event == "hung_up" and self.database.away_since is not None:
                self._let_go[event.extension] = time.monotonic() + WITHOUT_DATABASE

    async def run(self) -> None:
        """Equal again whenever somebody says that something changed, and every ten seconds anyway."""
        while True:
            try:
                async with asyncio.timeout(1.0 if self._let_go else 10.0):
                    await self.changed.wait()
            except TimeoutError:
                await self._release()
            await asyncio.sleep(REST)
            self.changed.clear()
            if self.line.link is None or self.database.away_since is not None:
                await asyncio.sleep(0.1)
                continue
            try:
                await self.align(await self.database.do(_wanted))
            except Refusal as refusal:
                log.warning("members", said=refusal.code)

    async def align(self, wanted: Iterable[WantedMember]) -> None:
        """Send what differs."""
        rows = {f"PJSIP/{row.extension}": row for row in wanted}
        for queue, interface in [key for key in self.actual if key[1] not in rows]:
            await self._remove(queue, interface)
        for interface, row in rows.items():
            await self._align_one(interface, row)

    async def _align_one(self, interface: str, row: WantedMember) -> None:
        mine = {queue: member for (queue, other), member in self.actual.items() if other == interface}
        queues = {queue: level for queue, level in row.queues.items() if queue in self.queues}
        paused = self._paused(row, mine.values())
        for queue in set(mine) - set(queues):
            await self._remove(queue, interface)
        for queue, level in queues.items():
            if queue not in mine:
                await self._add(queue, interface, row, level, paused)
            elif mine[queue].penalty != level:
                await self.line.action("QueuePenalty", Interface=interface, Queue=queue, Penalty=level)
        if any(member.paused != paused for queue, member in mine.items() if queue in queues):
            await self._pause(row.extension, paused=paused, reason=row.reason)

    def _paused(self, row: WantedMember, mine: Iterable[Member]) -> bool:
        if self.legs.busy(row.extension):
            return True  # answered a moment ago; the database is about to know
        if row.paused is None:
            return any(member.paused for member in mine)
        return row.paused

    async def _add(self, queue: str, interface: str, row: WantedMember, level: int, paused: bool) -> None:
        await self._try(
            "QueueAdd", Queue=queue, Interface=interface, MemberName=row.name, Penalty=level, StateInterface=interface,
            Paused=str(paused).lower(),
        )
        self.actual[queue, interface] = Member(level, paused)

    async def _remove(self, queue: str, interface: str) -> None:
        await self._try("QueueRemove", Queue=queue, Interface=interface)
        self.actual.pop((queue, interface), None)

    async def _pause(self, extension: str, *, paused: bool, reason: str) -> None:
        interface = f"PJSIP/{extension}"
        await self._try("QueuePause", Interface=interface, Paused=str(paused).lower(), Reason=reason)
        for (_, other), member in self.actual.items():
            if other == interface:
                member.paused = paused

    async def _try(self, name: str, **fields: ami.Value) -> None:
        """Somebody else may have done it already, or a queue may be gone: the next look at everything will tell."""
        try:
            await self.line.action(name, **fields)
        except ami.ActionRefused as refusal:
            log.warning("member_refused", action=name, queue=fields.get("Queue"), said=refusal.answer.get("Message"))

    def _soon(self, extension: str, *, paused: bool, reason: str) -> None:
        if not any(interface == f"PJSIP/{extension}" for _, interface in self.actual):
            return
        task = asyncio.create_task(self._quietly(extension, paused=paused, reason=reason))
        self._pausing.add(task)
        task.add_done_callback(self._pausing.discard)

    async def _quietly(self, extension: str, *, paused: bool, reason: str) -> None:
        try:
            await self._pause(extension, paused=paused, reason=reason)
        except Refusal as refusal:
            log.warning("pause", said=refusal.code)

    async def _release(self) -> None:
        """While the database is away nobody can say that he is ready: agents are given back after a while."""
        now = time.monotonic()
        for extension in [one for one, due in self._let_go.items() if due <= now]:
            del self._let_go[extension]
            if self.database.away_since is not None and not self.legs.busy(extension):
                self._soon(extension, paused=False, reason="")


def _wanted() -> list[WantedMember]:
    """Whose place in the queue was kept goes before whom the switch would ring next, so that is seen to first."""
    call_backs_due()
    return wanted_members()
