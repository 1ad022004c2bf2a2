"""Processes that do not outlive the one that started them, even when that one is killed without a word."""

import contextlib
import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)  # loaded here: after a fork nothing may be loaded any more


def die_with_parent(sign: signal.Signals = signal.SIGTERM, *, parent: int | None = None) -> None:
    """Ask Linux to send this process `sign` when its parent ends; `parent` is who that was before the fork."""
    _libc.prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), sign)


def before_exec(sign: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`. The starting thread must be one that lives as long as its process."""
    parent = os.getpid()
    return lambda: die_with_parent(sign, parent=parent)


def prefer(pid: int, priority: int) -> None:
    """`priority` as nice has it, for a process that was just started in a session of its own; below 0 where we may. Linux as
    a desktop is set up shares the processor out by session first (sched_autogroup), where nice alone has no effect."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, priority)
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(priority))
