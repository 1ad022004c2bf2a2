"""Nobody stays in a call that is over: what no record told is found by asking the switch which channels it has."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import structlog

from huying.gateway import resync
from huying.gateway.database import Database
from huying.gateway.legs import Legs, SeatEvent
from huying.gateway.line import Line
from huying.kernel import clock
from huying.kernel.errors import Refusal

log = structlog.get_logger("huying.gateway")
EVERY = 30.0


class Sweep:
    """Only what was missing at two looks in a row is put right: anything else may be on its way to us."""

    def __init__(self, line: Line, database: Database, legs: Legs, told: Callable[[Sequence[SeatEvent]], None]) -> None:
        self.line, self.database, self.legs, self._told = line, database, legs, told
        self._absent: set[str] = set()  # channels
        self._silent: set[str] = set()  # extensions

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except Refusal:  # the switch is away; whoever finds it compares everything
                self._absent, self._silent = set(), set()

    async def look(self) -> None:
        """Raises ami.SwitchAway, ami.ActionRefused."""
        known = set(self.legs.legs)
        rows = await self.line.listed("CoreShowChannels")
        absent = known - {row.get("Uniqueid", "") for row in rows}
        gone = absent & self._absent & set(self.legs.legs)
        self._absent = absent
        events = self.legs.lost(clock.now(), set(self.legs.legs) - gone)
        self._told(events)
        before = self._silent
        self._silent = await self.database.do(partial(resync.put_right, events, *self.legs.by_telephone(), before))
        if gone or before & self._silent:
            log.warning("calls_over_unheard", channels=len(gone), seats=len(before & self._silent))
