"""One browser's stream of server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import lru_cache
from urllib.parse import parse_qs

from huying.config.live.hub import Hub, Stream
from huying.config.live.news import News, newest_id, news_since
from huying.config.live.phone import PhoneNews
from huying.config.live.viewer import Viewer, viewer_by_key

HEARTBEAT = 15.0
LOOK_AGAIN = 45.0
GREETING_LOST = "event: lost\ndata: {}\n\n"


@lru_cache(maxsize=256)
def line(news: News) -> str:
    """Worded once for all who listen."""
    said = {"orders": [news.number], "topics": list(news.topics), "kind": news.kind}
    return f"id: {news.event_id}\ndata: {json.dumps(said, ensure_ascii=False)}\n\n"


def last_id(headers: dict[bytes, bytes], query: bytes) -> int:
    """From the browser's own header, or the address when the script had to start afresh; 0 when neither."""
    asked = parse_qs(query.decode("latin-1")).get("last_event_id", [""])[0]
    text = headers.get(b"last-event-id", b"").decode("latin-1") or asked
    return int(text) if text.isdecimal() and len(text) < 19 else 0


async def events(hub: Hub, viewer: Viewer, since: int) -> AsyncIterator[str]:
    """Text to send, until the session ends, the browser is too slow, or the process stops."""
    stream = Stream(viewer)
    hub.streams.add(stream)
    try:
        missed = await asyncio.to_thread(news_since, since) if since else []
        known = {news.event_id for news in missed}
        for news in missed:
            if viewer.may_know(news):
                yield line(news)
        greeting = max(known, default=0) or await asyncio.to_thread(newest_id)
        yield f"retry: 3000\nid: {greeting}\ndata: {json.dumps({'orders': [], 'topics': []})}\n\n"
        async for text in follow(stream, known):
            yield text
    finally:
        hub.streams.discard(stream)


async def follow(stream: Stream, known: set[int]) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    looked = loop.time()
    while not stream.lost or not stream.queue.empty():
        try:
            async with asyncio.timeout(HEARTBEAT):
                news = await stream.queue.get()
        except TimeoutError:
            yield ": still here\n\n"
        else:
            if news is None:
                return
            if isinstance(news, PhoneNews):
                yield news.text
            elif news.event_id not in known:
                yield line(news)
        if loop.time() - looked > LOOK_AGAIN:
            looked = loop.time()
            viewer = await asyncio.to_thread(viewer_by_key, stream.viewer.session_key)
            if viewer is None:
                return
            stream.viewer = viewer
