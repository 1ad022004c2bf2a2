"""The database, asked by one thread: each job is one transaction, tried again for as long as the database is away."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connections, transaction

from huying.org.queries import ALL, set_scope

log = structlog.get_logger("huying.gateway")
T = TypeVar("T")
FIRST_WAIT, LONGEST_WAIT = 0.1, 2.0


class Database:
    """Jobs are done in the order in which they were given. `away_since` is None while the database answers."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._order = asyncio.Lock()
        self.away_since: float | None = None

    async def do(self, job: Callable[[], T]) -> T:
        """The answer of `job`, run inside a transaction that sees all centres. It may run more than once."""
        loop = asyncio.get_running_loop()
        wait = FIRST_WAIT
        async with self._order:
            while True:
                try:
                    answer = await loop.run_in_executor(self._thread, _transaction, job)
                except (OperationalError, InterfaceError) as error:
                    self._lost(error)
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)
                else:
                    self._found()
                    return answer

    def close(self) -> None:
        self._thread.submit(connections.close_all).result()
        self._thread.shutdown()

    def _lost(self, error: Exception) -> None:
        if self.away_since is None:
            self.away_since = time.monotonic()
            log.warning("database_away", error=type(error).__name__)

    def _found(self) -> None:
        if self.away_since is not None:
            log.info("database_back", seconds=round(time.monotonic() - self.away_since, 1))
            self.away_since = None


def _transaction(job: Callable[[], T]) -> T:
    try:
        with transaction.atomic():
            set_scope(ALL)
            return job()
    except (OperationalError, InterfaceError):
        connections["default"].close()
        raise
