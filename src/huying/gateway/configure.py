"""The switch told anew: the database's rows become a plan, the plan files, and what changed is reloaded."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings

from huying.calls.models import SwitchState
from huying.calls.queries.plan import plan_of_node
from huying.calls.queries.prompts import prompt_texts, recorded_prompts, recording_of
from huying.calls.queries.switch import own_node
from huying.gateway.blocked import blocked_numbers, keep_equal
from huying.gateway.database import Database
from huying.gateway.line import Line
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.switch import render, speech

log = structlog.get_logger("huying.gateway")
EVERY = 900.0  # opening hours are told for days ahead, blocks come to their end
OURS = ("pbx_config", "app_queue", "res_pjsip")
"""What the database's rows go into."""

RESTART_NEEDED = "部分话务参数须重启电话交换机后生效"


class Configure:
    """`reloaded` is told which modules were."""

    def __init__(
        self, data: Path, line: Line, database: Database, reloaded: Callable[[tuple[str, ...]], Awaitable[None]]
    ) -> None:
        self.data, self.line, self.database, self._reloaded = data, line, database, reloaded
        self.changed = asyncio.Event()
        self._due = set(OURS)  # written by whoever was here before us, perhaps, and not told

    async def run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self.changed.wait()
            self.changed.clear()
            try:
                await self.bring()
            except (Refusal, OSError) as refusal:
                log.warning("config_refused", said=str(refusal)[:200])

    async def bring(self) -> None:
        """Raises Refusal when the plan cannot be told, or the switch is away (the files are written nevertheless)."""
        plan = await self.database.do(lambda: plan_of_node(self.data))
        await self._speak(plan.folder)
        modules = await asyncio.to_thread(render.write, plan)
        self._due.update(modules)
        if self.line.link is not None:
            due = tuple(self._due)
            for module in filter(None, due):
                await self.line.action("Reload", Module=module)
            self._due.difference_update(due)
            await self._reloaded(due)
            await keep_equal(self.line, await self.database.do(blocked_numbers))
        if modules:
            log.info("config", modules=list(modules))
            said, now = (RESTART_NEEDED if "" in modules else ""), clock.now()
            await self.database.do(lambda: _note(said, now))

    async def _speak(self, folder: Path) -> None:
        """What was written on the screens is spoken before a flow asks for it; without a voice the old sounds serve."""
        await self.database.do(lambda: speech.keep(folder / "sounds", recorded_prompts(), recording_of))
        texts = await self.database.do(prompt_texts)
        try:
            await asyncio.to_thread(speech.make_all, folder / "sounds", texts, speech.voice(settings.SWITCH_VOICE))
        except speech.NoVoice as refusal:
            log.warning("voice_refused", said=str(refusal)[:200])


def _note(said: str, at: datetime) -> None:
    SwitchState.objects.update_or_create(node=own_node(), defaults={"config_at": at, "said": said})
