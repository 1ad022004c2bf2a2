"""Background jobs. Its heartbeat is the row that procrastinate keeps in `procrastinate_workers`."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app

from huying.config import environment


def fresh_sessions(job: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Around each job, as Django does around each request: a session that the server cut is not used again."""
    close_old_connections()
    try:
        return job()
    finally:
        close_old_connections()


class Command(BaseCommand):
    help = "后台任务：到期提醒、自动签收、短信与通知的发送等；可同时运行多个"

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(10)  # on a machine that is fully busy, people who wait for an answer go first
        with app.replace_connector(app.connector.get_worker_connector()) as jobs:  # type: ignore[attr-defined]
            asyncio.run(work(jobs))


async def work(jobs: App) -> None:
    async with jobs.open_async():
        await jobs.run_worker_async(
            concurrency=environment.whole("HUYING_WORKER_THREADS", 4, low=1, high=64),
            delete_jobs="successful",
            shutdown_graceful_timeout=10,
            task_middleware=[fresh_sessions],
        )
