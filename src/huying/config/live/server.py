"""The server of `live`: told to stop, it first lets all browsers go, so that nobody waits for a stream that has no end."""

import socket

import uvicorn

from huying.config import live_asgi


class LiveServer(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        live_asgi.hub.cut_off(live_asgi.hub.streams)
        await super().shutdown(sockets)


def serve(host: str, port: int) -> LiveServer:
    """To be `run`. A browser that does not take its last words may hold the end up for three seconds at most."""
    return LiveServer(uvicorn.Config(
        live_asgi.application, host=host, port=port, timeout_graceful_shutdown=3, access_log=False, log_config=None, lifespan="on",
    ))
