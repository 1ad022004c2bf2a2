"""One small supervisor: starts the processes, restarts what dies, stops all in order, the database last."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from huying.config.launch import cluster
from huying.config.launch.mortal import before_exec, prefer
from huying.kernel.errors import Refusal

STOP_SECONDS = 15.0
LAST = ("pbx", "db")  # what the others work with ends after them, in this order
PRIORITIES = {"gateway": -5}  # as nice has it: whose telephone rings goes before pages
BACK_OFF = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before the 1st, 2nd … restart in a row
SETTLED_SECONDS = 60.0  # alive this long, a process has a clean record again
LOG_BYTES = 20 * 2**20
LONGEST_TOLD = 300
QUIET_SECONDS = 60.0
MOST_TOLD = 500

Child = subprocess.Popen[bytes]


class Stopped(BaseException):
    """Ctrl-C or SIGTERM."""


@dataclass
class Process:
    """One of ours: how it is started, and how it has fared."""

    name: str
    start: Callable[[], Child | None]  # None: somebody else's process does the work already
    alive: Callable[[], bool] = lambda: False  # asked only of somebody else's process
    child: Child | None = None
    started: float = 0.0
    failures: int = 0
    due: float = field(default=0.0)

    def running(self) -> bool:
        return self.child.poll() is None if self.child else self.alive()


class Supervisor:
    """Runs in the main thread, because Linux ties the children to the thread that started them."""

    def __init__(self, data: Path, environ: dict[str, str], tell: Callable[[str], None]) -> None:
        self.data, self.environ, self.tell = data, environ, tell
        self.processes: list[Process] = []
        self.told: dict[str, float] = {}

    def database(self) -> None:
        """Start the embedded server, or use the one that `huying db start` left running."""
        options = {"start_new_session": True, "preexec_fn": before_exec(signal.SIGINT)}
        self._add(Process("db", lambda: cluster.ensure(self.data, **options), lambda: cluster.running(self.data)))

    def add(self, name: str, *arguments: str) -> None:
        self._add(Process(name, lambda: self.command(name, arguments or (name,))))

    def program(self, name: str, start: Callable[..., Child]) -> None:
        """Another program than ours, begun by `start(**options)`; what it says goes into the log `name`."""

        def begin() -> Child:
            child = start(
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=before_exec(signal.SIGTERM),
            )
            self._prefer(name, child)
            threading.Thread(target=self._copy, args=(name, child), daemon=True).start()
            return child

        self._add(Process(name, begin))

    def drop(self, name: str) -> None:
        """End it and think no more of it."""
        dropped = [process for process in self.processes if process.name == name]
        self.processes = [process for process in self.processes if process.name != name]
        for process in dropped:
            _signal(process, signal.SIGTERM)
        self._wait(dropped)

    def command(self, name: str, arguments: tuple[str, ...]) -> Child:
        """`huying ARGUMENTS` as a child of ours that writes into the log `name`."""
        child = subprocess.Popen(
            [sys.executable, "-m", "huying.config.cli", *arguments],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us alone, so that we can stop the others in order
            preexec_fn=before_exec(signal.SIGTERM),
        )
        self._prefer(name, child)
        threading.Thread(target=self._copy, args=(name, child), daemon=True).start()
        return child

    def _prefer(self, name: str, child: Child) -> None:
        if name in PRIORITIES:
            prefer(child.pid, PRIORITIES[name])

    def run(self) -> None:
        """Watch until stopped. A process that died is started again, later each time it dies again at once."""
        while True:
            self.look()
            time.sleep(0.2)

    def look(self) -> None:
        """One look at everything; called often."""
        for process in self.processes:
            if not process.running():
                self._restart(process)

    def keeps_falling(self) -> str:
        """The name of a process that died three times in a row, "" when all is well."""
        return next((process.name for process in self.processes if process.failures >= 3), "")

    def stop(self) -> None:
        """Ours at once, then the switch, then the database; whoever does not listen is killed."""
        first = [one for one in self.processes if one.name not in LAST]
        last = [one for name in LAST for one in self.processes if one.name == name and one.child]
        for group in (first, *([one] for one in last)):
            for process in group:
                _signal(process, signal.SIGINT if process.name == "db" else signal.SIGTERM)
            self._wait(group)
        (self.data / "processes.json").unlink(missing_ok=True)

    def _add(self, process: Process) -> None:
        self.processes.append(process)
        self._start(process)

    def _start(self, process: Process) -> None:
        process.started = time.monotonic()
        process.child = process.start()
        note = {one.name: identity(one.child.pid) for one in self.processes if one.child and one.running()}
        draft = self.data / "processes.json.new"
        draft.write_text(json.dumps(note))
        draft.replace(self.data / "processes.json")

    def _restart(self, process: Process) -> None:
        now = time.monotonic()
        if not process.due:
            if now - process.started > SETTLED_SECONDS:
                process.failures = 0
            wait = BACK_OFF[min(process.failures, len(BACK_OFF) - 1)]
            process.due, process.failures = now + wait, process.failures + 1
            how = f"（退出码 {process.child.returncode}）" if process.child else ""
            self.tell(f"{process.name} 意外停止{how}，{wait:g} 秒后重新启动；日志：{self.data}/logs/{process.name}.log")
        if now >= process.due:
            process.due = 0.0
            try:
                self._start(process)
            except Refusal as refusal:
                self.tell(str(refusal))

    def _wait(self, processes: list[Process]) -> None:
        until = time.monotonic() + STOP_SECONDS
        while any(process.child and process.running() for process in processes):
            if time.monotonic() > until:
                for process in processes:
                    _signal(process, signal.SIGKILL)
            time.sleep(0.02)

    def _copy(self, name: str, child: Child) -> None:
        """Keep what the child says in its log; show what a person should see."""
        path = self.data / "logs" / f"{name}.log"
        log = _open(path)
        for line in child.stdout or ():
            if log.tell() > LOG_BYTES:
                log.close()
                path.replace(path.with_suffix(".log.1"))
                log = _open(path)
            log.write(line)
            said = worth_telling(line)
            if said and self._is_news(said):
                self.tell(f"[{name}] {said}")
        log.close()


    def _is_news(self, said: str) -> bool:
        """The same error a hundred times is one line on the screen a while; the log has them all."""
        now, before = time.monotonic(), self.told.get(said, -QUIET_SECONDS)
        if now - before < QUIET_SECONDS:
            return False
        if len(self.told) > MOST_TOLD:
            self.told.clear()
        self.told[said] = now
        return True


def worth_telling(line: bytes) -> str:
    """What a person at the screen should see of a log line, in short; "" for the steps of normal life."""
    text = line.decode(errors="replace").strip()
    try:
        entry = json.loads(text)
        if entry["level"] not in {"error", "critical"}:
            return ""
        reason = str(entry.get("exception", "")).strip().rpartition("\n")[2]
        text = " ".join(filter(None, [entry["event"], reason]))
    except (ValueError, KeyError, TypeError):
        if not any(word in text for word in ("Error", "ERROR", "CRITICAL")):
            return ""
    return text if len(text) <= LONGEST_TOLD else text[:LONGEST_TOLD] + "……"


def listen_to_signals() -> None:
    """From now on Ctrl-C and SIGTERM raise Stopped in the main thread, once."""

    def stop(number: int, frame: FrameType | None) -> None:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        raise Stopped

    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if sign != signal.SIGHUP or signal.getsignal(sign) != signal.SIG_IGN:  # nohup means: stay
            signal.signal(sign, stop)


def identity(pid: int) -> list[int]:
    """[pid, start time in clock ticks since boot]: together they name a process for ever. Raises OSError."""
    text = Path(f"/proc/{pid}/stat").read_text()
    return [pid, int(text.rpartition(")")[2].split()[19])]


def end_leftovers(data: Path) -> None:
    """End the processes of a supervisor that was killed: they were told to go by Linux, but one may hang."""
    try:
        noted: dict[str, list[int]] = json.loads((data / "processes.json").read_text())
    except (OSError, ValueError):
        return
    waited = time.monotonic() + STOP_SECONDS
    for name, known in noted.items():
        with contextlib.suppress(OSError):  # no such process any more
            while name != "db" and identity(known[0]) == known:
                os.kill(known[0], signal.SIGTERM if time.monotonic() < waited else signal.SIGKILL)
                time.sleep(0.05)


def _signal(process: Process, sign: signal.Signals) -> None:
    if process.child and process.running():
        process.child.send_signal(sign)


def _open(path: Path) -> IO[bytes]:
    path.parent.mkdir(exist_ok=True, mode=0o700)
    log = path.open("ab", buffering=0)
    path.chmod(0o600)
    return log
