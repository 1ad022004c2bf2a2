"""Lines for the person who started us. Whoever stops reading them must not stop the processes."""

import contextlib
import queue
import threading
import time

LONGEST_QUEUE = 1000
LAST_WORDS_SECONDS = 2.0

_lines: "queue.Queue[str]" = queue.Queue(LONGEST_QUEUE)
_started = threading.Event()


def tell(line: str) -> None:
    """Show `line` when the screen takes it; a screen that takes nothing (a full pipe, Ctrl-S) loses lines."""
    if not _started.is_set():
        _started.set()
        threading.Thread(target=_write, daemon=True).start()
    with contextlib.suppress(queue.Full):
        _lines.put_nowait(line)


def flush() -> None:
    """Give the last lines a moment to get out."""
    until = time.monotonic() + LAST_WORDS_SECONDS
    while _lines.unfinished_tasks and time.monotonic() < until:
        time.sleep(0.01)


def _write() -> None:
    while True:
        line = _lines.get()
        with contextlib.suppress(OSError, ValueError):  # nobody reads any more
            print(line, flush=True)
        _lines.task_done()
