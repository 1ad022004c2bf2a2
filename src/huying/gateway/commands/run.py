"""Takes commands as they come, one after the other for each seat, and writes what came of them."""

import asyncio
from collections import defaultdict
from functools import partial
from typing import Any

import structlog

from huying.calls.models import Command
from huying.calls.operations.carry_out import finish
from huying.gateway.commands.hands import Hands
from huying.gateway.commands.job import Job, next_job
from huying.gateway.commands.perform import KINDS
from huying.gateway.database import Database
from huying.kernel.errors import Refusal

log = structlog.get_logger("huying.gateway")
BROKEN = "电话交换未能完成操作，已记录，请稍后重试"


class Commands:
    def __init__(self, database: Database, hands: Hands) -> None:
        self.database, self.hands = database, hands
        self.look = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._order: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self) -> None:
        while True:
            await self.look.wait()
            self.look.clear()
            if self.hands.line.link is None:
                continue  # nobody to tell it to: they expire, and their people are told so
            while (job := await self.database.do(next_job)) is not None:
                task = asyncio.create_task(self._carry_out(job))
                self._running.add(task)
                task.add_done_callback(self._running.discard)

    async def _carry_out(self, job: Job) -> None:
        async with self._order[job.extension]:
            state, said, code, result = await self._outcome(job)
        log.info("command", command=job.pk, kind=job.kind, state=state, code=code)
        await self.database.do(partial(finish, job.pk, state, said=said, code=code, result=result))

    async def _outcome(self, job: Job) -> tuple[str, str, str, dict[str, Any]]:
        try:
            return Command.State.DONE, "", "", await KINDS[job.kind](job, self.hands) or {}
        except Refusal as refusal:
            return Command.State.FAILED, refusal.message, refusal.code, {}
        except Exception:
            log.exception("command_failed", command=job.pk, kind=job.kind)
            return Command.State.FAILED, BROKEN, "broken", {}
