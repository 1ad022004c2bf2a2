"""The process put together: `huying gateway`."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog
from django.conf import settings

from huying.calls.models import SwitchState
from huying.calls.operations.call_back import call_backs_due
from huying.calls.operations.carry_out import give_up_running
from huying.calls.operations.wrap_ups import end_wrap_ups
from huying.calls.queries.switch import own_node
from huying.gateway import pauses, resync
from huying.gateway.commands.hands import Hands
from huying.gateway.commands.let_go import TRANSFER, LetGo
from huying.gateway.commands.run import Commands
from huying.gateway.configure import Configure
from huying.gateway.database import Database
from huying.gateway.ears import Ears
from huying.gateway.facts import Facts
from huying.gateway.legs import Legs, SeatEvent
from huying.gateway.line import Address, Line
from huying.gateway.members import MEMBER_EVENTS, Members
from huying.gateway.pauses import Pauses
from huying.gateway.phones import Phones
from huying.gateway.sweep import Sweep
from huying.kernel import clock
from huying.switch import ami
from huying.switch.records import Record

log = structlog.get_logger("huying.gateway")
BEAT = 2.0
SWITCH_INTERVAL = 0.0005  # seconds: threads that talk with the database a thousand times a second give way to each other
TICK = 0.5


def main() -> int:
    """Until SIGTERM or Ctrl-C."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    return asyncio.run(_run(settings.DATA))


async def _run(data: Path) -> int:
    gateway = Gateway(data)
    loop, me = asyncio.get_running_loop(), asyncio.current_task()
    assert me is not None
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, me.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await gateway.run()
    await gateway.leave()
    return 0


class Gateway:
    """All parts, and who hears what."""

    def __init__(self, data: Path) -> None:
        self.legs = Legs()
        self.database, self.quick, self.slow = Database("facts"), Database("commands"), Database("ticks")
        self.line = Line(self._address, self._found, self._lost)
        self.facts = Facts((data / "switch").resolve(), self.database, self.legs, self._told)
        self.members = Members(self.line, self.quick, self.legs)
        self.phones = Phones(self.line, self.quick)
        self.pauses = Pauses(self.line, self.quick, self.legs, self.facts.add)
        self.hands = Hands(self.line, self.legs, self.phones, {}, self.facts.add)
        self.let_go = LetGo(self.hands)
        self.commands = Commands(self.quick, self.hands)
        self.configure = Configure(data, self.line, self.quick, self._reloaded)
        self.ears = Ears(self._asked)
        self.sweep = Sweep(self.line, self.slow, self.legs, self._told)
        self._lost_at: datetime | None = None
        self.line.heard = self._heard()

    async def run(self) -> None:
        await self.database.do(give_up_running)
        for leg in await self.database.do(resync.open_legs):
            self.legs.seed(leg)
        async with asyncio.TaskGroup() as group:
            for part in (
                self.line, self.facts, self.members, self.phones, self.commands, self.configure, self.ears, self.pauses,
                self.sweep,
            ):
                group.create_task(part.run())
            group.create_task(self._beat())
            group.create_task(self._tick())

    async def leave(self) -> None:
        """In good order: whoever looks knows at once that we are gone."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2.0):
                await self.quick.do(partial(_seen, connected=False))
        self.close()

    def close(self) -> None:
        """All sessions of the database."""
        for database in (self.database, self.quick, self.slow):
            database.close()

    async def _address(self) -> Address:
        return Address("127.0.0.1", settings.SWITCH["ami_port"], settings.SWITCH["ami_secret"])

    async def _found(self, link: ami.Link) -> None:
        """A connection: first what is true, then equal again, then the configuration."""
        at = await resync.started_at(link)
        restarted, extra = await self.database.do(partial(resync.note_start, at, self._lost_at))
        if restarted and at is not None:
            log.warning("switch_restarted")
            self.facts.add(resync.restart_record(max(at, self._lost_at or at), extra))  # it tells the second, cut off
        known, self.legs.over = set(self.legs.legs), set()
        rows = await link.listed("CoreShowChannels")
        self.facts.caught_up.clear()
        self.facts.wake.set()
        await self.facts.caught_up.wait()
        await self._settle(known, rows)
        await self.pauses.load()
        await self.pauses.free(row["Channel"] for row in rows if row.get("Channel", "").startswith("PJSIP/"))
        await self.members.load()
        await self.phones.load(restarted=restarted)
        self.members.changed.set()
        self.configure.changed.set()
        await self.quick.do(partial(_seen, connected=True))
        self.commands.look.set()

    async def _settle(self, known: set[str], rows: list[ami.Message]) -> None:
        now = clock.now()
        alive = {row.get("Uniqueid", "") for row in rows} | (set(self.legs.legs) - known)
        events = self.legs.lost(now, alive)
        for leg in resync.unknown(rows, self.legs):
            self.legs.seed(leg)
            events.append(SeatEvent(leg.extension, "answered" if leg.answered else "rings", now, leg.linkedid))
        self.legs.over = None
        self._told(events)
        await self.database.do(partial(resync.put_right, events, *self.legs.by_telephone()))

    async def _lost(self) -> None:
        self._lost_at = clock.now()
        self.hands.consulting.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2.0):
                await self.quick.do(partial(_seen, connected=False))

    def _heard(self) -> dict[str, Callable[[ami.Message], None]]:
        """Who listens to which event of the manager connection."""
        return {
            "CEL": lambda event: self.facts.wake.set(),
            **dict.fromkeys(("Hold", "Unhold"), lambda event: self.facts.add(_hold(event))),
            **dict.fromkeys((pauses.BEGINS, pauses.ENDS), self.pauses.heard),
            TRANSFER: self.let_go.heard,
            "DialEnd": lambda event: self.legs.dial_ended(event.get("DestUniqueid", ""), event.get("DialStatus", "")),
            "AgentRingNoAnswer": lambda event: self.legs.dial_ended(event.get("DestUniqueid", ""), "NOANSWER"),
            **dict.fromkeys(MEMBER_EVENTS, self.members.heard),
            "PeerStatus": self.phones.heard,
        }

    def _told(self, events: Sequence[SeatEvent]) -> None:
        self.members.told(events)
        for event in events:
            if event.event == "hung_up":
                self.hands.consulting.pop(event.extension, None)

    async def _reloaded(self, modules: tuple[str, ...]) -> None:
        await self.pauses.load()
        if "res_pjsip" in modules:  # telephones that are new
            await self.phones.load(restarted=False)
        if "app_queue" in modules:
            await self.members.load()
            self.members.changed.set()

    def _asked(self, words: str) -> None:
        if words == "config":
            self.configure.changed.set()
        elif words.startswith("seat"):
            self.members.changed.set()
        else:
            self.commands.look.set()

    async def _beat(self) -> None:
        while True:
            await self.quick.do(partial(_seen, connected=self.line.link is not None))
            await asyncio.sleep(BEAT)

    async def _tick(self) -> None:
        """After-call work that has lasted long enough; callers whose kept place has its turn."""
        while True:
            await self.slow.do(end_wrap_ups)
            await self.slow.do(call_backs_due)
            await asyncio.sleep(TICK)


def _seen(*, connected: bool) -> None:
    SwitchState.objects.update_or_create(node=own_node(), defaults={"gateway_seen_at": clock.now(), "connected": connected})


def _hold(event: ami.Message) -> Record:
    """The manager's clock is the record file's, in microseconds."""
    try:
        at = datetime.fromtimestamp(float(event.get("Timestamp", "")), UTC)
    except ValueError:
        at = datetime.now(UTC)
    return Record(
        at=at, linkedid=event.get("Linkedid", ""), uniqueid=event.get("Uniqueid", ""), kind=event["Event"].upper(),
        channel=event.get("Channel", ""),
    )
