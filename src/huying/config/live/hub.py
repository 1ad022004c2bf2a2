"""One LISTEN per process, any number of browsers."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable

import psycopg
from django.db import connections

from huying.calls.catalog import NEWS_CHANNEL
from huying.config.live.news import News, news_of
from huying.config.live.phone import PhoneNews, phone_news
from huying.config.live.viewer import Viewer

log = logging.getLogger("huying.live")
CHANNEL = "huying_events"
QUEUE_MOST = 500
GATHER_FOR = 0.05
RETRY_AFTER = 1.0


class Stream:
    """The news waiting for one browser. A browser too slow to take them is cut off; it comes back with its last id."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.queue: asyncio.Queue[News | PhoneNews | None] = asyncio.Queue(QUEUE_MOST)
        self.lost = False

    def offer(self, news: News | PhoneNews) -> None:
        if self.lost or not (self.viewer.may_know(news) if isinstance(news, News) else self.viewer.may_hear(news)):
            return
        try:
            self.queue.put_nowait(news)
        except asyncio.QueueFull:
            self.lost = True


class Hub:
    """Listens while it runs; every stream that is entered gets what its viewer may know."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ids: asyncio.Queue[int] = asyncio.Queue()

    async def start(self) -> None:
        self._task = asyncio.gather(self._listen(), self._tell())  # type: ignore[assignment]

    async def stop(self) -> None:
        for stream in list(self.streams):
            with contextlib.suppress(asyncio.QueueFull):
                stream.queue.put_nowait(None)
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        """LISTEN on a connection of its own (never through a pooler); comes back when the database does."""
        while True:
            try:
                about = connections["default"].get_connection_params()
                wanted = {name: about[name] for name in ("dbname", "user", "password", "host", "port") if about.get(name)}
                async with await psycopg.AsyncConnection.connect(**wanted, application_name="huying live", autocommit=True) as session:
                    await session.execute(f"LISTEN {CHANNEL}")
                    await session.execute(f"LISTEN {NEWS_CHANNEL}")
                    self.listening.set()
                    async for notice in session.notifies():
                        self._hear(notice)
            except (psycopg.Error, OSError) as error:
                log.warning("lost the database, trying again", extra={"error": type(error).__name__})
            self.listening.clear()
            self.cut_off(self.streams)  # they come back and ask for what they missed
            await asyncio.sleep(RETRY_AFTER)

    def _hear(self, notice: psycopg.Notify) -> None:
        """Steps of orders are looked up; what happens on the telephone says all itself and is passed on at once."""
        if notice.channel == CHANNEL:
            self._ids.put_nowait(int(notice.payload.split()[0]))
        elif news := phone_news(notice.payload):
            for stream in self.streams:
                stream.offer(news)

    def cut_off(self, streams: Iterable[Stream]) -> None:
        for stream in list(streams):
            stream.lost = True
            with contextlib.suppress(asyncio.QueueFull):
                stream.queue.put_nowait(None)

    async def _tell(self) -> None:
        """A burst is looked up together."""
        while True:
            ids = [await self._ids.get()]
            await asyncio.sleep(GATHER_FOR if self._ids.qsize() else 0)
            while not self._ids.empty():
                ids.append(self._ids.get_nowait())
            try:
                news = await asyncio.to_thread(news_of, ids) if self.streams else []
            except Exception:
                log.exception("could not look up events")
                self.cut_off(self.streams)
                continue
            for one in news:
                for stream in self.streams:
                    stream.offer(one)
