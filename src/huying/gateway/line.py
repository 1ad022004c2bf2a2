"""The manager connection: held while it lasts, made again when it breaks, later each time it breaks at once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog

from huying.kernel.errors import Refusal
from huying.switch import ami

log = structlog.get_logger("huying.gateway")
USER = "huying"
WAITS = (0.2, 0.5, 1.0, 2.0, 5.0)
BOOT_SECONDS = 60.0
BOOTED = "FullyBooted"


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int
    secret: str


class Line:
    """`found` is called with each new connection to a switch that has started up; `lost` when it is gone. Both may be long.
    `heard`: who is told which event, at once and in order; the switch sends no others. Nothing there may wait.

    While a switch starts it answers already, but refuses what its modules are to do.
    """

    def __init__(
        self, address: Callable[[], Awaitable[Address]], found: Callable[[ami.Link], Awaitable[None]],
        lost: Callable[[], Awaitable[None]],
    ) -> None:
        self._address, self._found, self._lost = address, found, lost
        self.heard: Mapping[str, Callable[[ami.Message], None]] = {}
        self.link: ami.Link | None = None

    async def action(self, name: str, **fields: ami.Value) -> ami.Message:
        """Raises ami.SwitchAway, ami.ActionRefused."""
        if self.link is None:
            raise ami.SwitchAway
        return await self.link.action(name, timeout=ami.SECONDS, **fields)

    async def listed(self, name: str, **fields: ami.Value) -> list[ami.Message]:
        if self.link is None:
            raise ami.SwitchAway
        return await self.link.listed(name, timeout=ami.SECONDS, **fields)

    async def run(self) -> None:
        failures = 0
        while True:
            about = await self._address()
            try:
                async with await ami.connect(about.host, about.port, USER, about.secret) as link:
                    log.info("switch_found")
                    failures = 0
                    await hear_only(link, (BOOTED, *self.heard))
                    await self._hold(link)
            except Refusal as refusal:
                if failures == 0:
                    log.warning("switch_away", said=refusal.code)
            await asyncio.sleep(WAITS[min(failures, len(WAITS) - 1)])
            failures += 1

    async def _hold(self, link: ami.Link) -> None:
        """Until it breaks. Events are heard at once, also those that come while `found` is at work."""
        booted = asyncio.Event()
        greeting = asyncio.create_task(self._greet(link, booted))
        try:
            async for event in link.events():
                if event["Event"] == BOOTED:  # said at each sign-in, or when it comes true
                    booted.set()
                elif hear := self.heard.get(event["Event"]):
                    hear(event)
        finally:
            self.link = None
            greeting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await greeting
            log.warning("switch_lost")
            await self._lost()

    async def _greet(self, link: ami.Link, booted: asyncio.Event) -> None:
        """What cannot be brought to an end is begun anew with a new connection."""
        try:
            async with asyncio.timeout(BOOT_SECONDS):
                await booted.wait()
            self.link = link
            await self._found(link)
        except Exception as error:
            log.warning("greeting_broken_off", error=type(error).__name__, exc_info=not isinstance(error, Refusal))
            await link.close()


async def hear_only(link: ami.Link, names: Iterable[str]) -> None:
    """Of a call's three hundred and forty events some forty. Asterisk 20 knows no such filters and goes on sending all."""
    for name in names:
        with contextlib.suppress(ami.ActionRefused):
            await link.action("Filter", Operation="Add", MatchCriteria=f"action(include),name({name})", Filter="")
