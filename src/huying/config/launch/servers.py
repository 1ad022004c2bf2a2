"""The processes that answer over the network: `web` (pages and REST) and `live` (server-sent events)."""

import gc
import os
import signal
from importlib import import_module

from huying.config import environment
from huying.config.launch.mortal import die_with_parent

WORKERS_END_SECONDS = 10


def web() -> int:
    """WSGI under granian: worker processes with threads, sharing one socket.

    The application is loaded here, before the workers are forked off: two workers start as fast as one, share its
    memory, and one that died is back at once. Nothing here may open a database session or start a thread before.
    """
    from granian import Granian
    from granian.constants import Interfaces

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(metrics_folder()))
    server = Granian(
        "huying.config.wsgi:application",
        address=environment.text("HUYING_HOST", "127.0.0.1"),
        port=environment.whole("HUYING_PORT", 8012, low=1, high=65535),
        interface=Interfaces.WSGI,
        workers=environment.whole("HUYING_WEB_WORKERS", 2, low=1, high=64),
        blocking_threads=environment.whole("HUYING_WEB_THREADS", 8, low=1, high=64),
        blocking_threads_idle_timeout=600,  # a thread that ends takes its database session with it
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=WORKERS_END_SECONDS,
        websockets=False,
        log_access=False,  # our own access lines name routes, never addresses with somebody's number in them
    )
    os.register_at_fork(after_in_child=lambda: die_with_parent(signal.SIGKILL))  # else nobody would end them
    import_module("huying.config.wsgi")
    import_module("huying.config.urls")
    gc.freeze()  # the shared pages stay shared: the collector does not write into them
    server.serve()
    return 0


def live() -> int:
    """ASGI under uvicorn."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    from huying.config.live.server import serve

    port = environment.whole("HUYING_PORT", 8012, low=1, high=65535)
    own = environment.whole("HUYING_LIVE_PORT", port + 1, low=1, high=65535)
    server = serve(environment.text("HUYING_HOST", "127.0.0.1"), own)
    server.run()
    return 0 if server.started else 3


def metrics_folder() -> os.PathLike[str]:
    folder = environment.data_folder() / "metrics"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
