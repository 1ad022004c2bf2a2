"""What the rest of the house tells the gateway: NOTIFY, and a look every two seconds for what was not heard."""

import asyncio
from collections.abc import Callable

import psycopg
import structlog
from django.db import connections

from huying.calls.catalog import SWITCH_CHANNEL

log = structlog.get_logger("huying.gateway")
LOOK_EVERY = 2.0


class Ears:
    """`heard` gets each payload, and "" when it is time to look at everything."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard

    async def run(self) -> None:
        """A connection of its own, never through a pooler; comes back when the database does."""
        while True:
            try:
                about = connections["default"].get_connection_params()
                wanted = {name: about[name] for name in ("dbname", "user", "password", "host", "port") if about.get(name)}
                session = await psycopg.AsyncConnection.connect(
                    **wanted, application_name="huying gateway", autocommit=True, connect_timeout=5
                )
                async with session:
                    await session.execute(f"LISTEN {SWITCH_CHANNEL}")
                    await self._listen(session)
            except (psycopg.Error, OSError) as error:
                log.warning("database_away", error=type(error).__name__)
            await asyncio.sleep(0.5)

    async def _listen(self, session: psycopg.AsyncConnection) -> None:
        while True:
            self._heard("")
            async for notice in session.notifies(timeout=LOOK_EVERY):
                self._heard(notice.payload)
