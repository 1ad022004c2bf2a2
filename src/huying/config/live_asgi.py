"""The process `live`: plain ASGI, server-sent events at /live/stream for whoever is signed in."""

import asyncio
import contextlib
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
django.setup()

from django.conf import settings  # noqa: E402

from huying.config.live.hub import Hub  # noqa: E402
from huying.config.live.stream import events, last_id  # noqa: E402
from huying.config.live.viewer import viewer_of  # noqa: E402

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
hub = Hub()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http":
        await http(scope, receive, send)


async def lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await hub.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def http(scope: Message, receive: Receive, send: Send) -> None:
    headers = dict(scope["headers"])
    if scope["path"] == "/healthz":
        await answer(send, 200, {"status": "ok", "streams": len(hub.streams), "listening": hub.listening.is_set()})
        return
    if scope["path"] != "/live/stream" or scope["method"] != "GET":
        await answer(send, 404, {"status": "not found"})
        return
    allowed = cross_origin(headers)
    viewer = await asyncio.to_thread(viewer_of, headers.get(b"cookie", b"").decode("latin-1"))
    if viewer is None or allowed is None:
        await answer(send, 404, {"status": "not found"}, allowed or [])
        return
    kind = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": [*kind, *allowed]})
    sending = asyncio.create_task(pour(send, events(hub, viewer, last_id(headers, scope.get("query_string", b"")))))
    leaving = asyncio.create_task(gone(receive))
    await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    for task in (sending, leaving):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await task


async def pour(send: Send, texts: Any) -> None:
    async for text in texts:
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def cross_origin(headers: dict[bytes, bytes]) -> list[tuple[bytes, bytes]] | None:
    """The pages come from the same host on another port (or a trusted origin); None for any other origin."""
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return []
    asked = urlsplit(f"//{headers.get(b'host', b'').decode('latin-1')}").hostname
    parts = urlsplit(origin)
    ours = parts.hostname == asked and parts.port in {settings.PORT, settings.LIVE_PORT, None}
    if not ours and origin not in settings.CSRF_TRUSTED_ORIGINS:
        return None
    return [(b"access-control-allow-origin", origin.encode()), (b"access-control-allow-credentials", b"true"), (b"vary", b"Origin")]


async def answer(send: Send, status: int, said: dict[str, Any], more: list[tuple[bytes, bytes]] | None = None) -> None:
    body = json.dumps(said).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *(more or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
