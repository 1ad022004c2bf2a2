"""An installation of its own for a test: a data folder, free ports, and `bin/up` running on them."""

import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from contracts import ROOT
from telephony.node import free_ports

PATIENCE = 120  # seconds; the machine may be busy with other tests
SETTINGS = ("HUYING_", "DATABASE_URL", "DJANGO_", "PROMETHEUS_", "PYTEST_")


def clean_environment(data: Path) -> dict[str, str]:
    """As a newcomer's shell has it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    return kept | {"HUYING_DATA": str(data)}


def command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "bin" / "huying", *arguments], env=clean_environment(data), capture_output=True, text=True,
        timeout=PATIENCE,
    )


@dataclass
class Installation:
    data: Path
    port: int = 0
    live_port: int = 0
    up: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)
    _heard: "queue.Queue[str | None]" = field(default_factory=queue.Queue)

    def start(self, *options: str, environ: dict[str, str] | None = None, read: bool = True) -> float:
        """Run `bin/up --no-demo`; returns the seconds until it said that it is up (unless nobody is to `read` it).

        Without telephones, unless `environ` gives them ports of their own (HUYING_SIP_PORT and its like).
        """
        if "HUYING_SIP_PORT" not in (environ or {}):
            options = ("--no-phone", *options)
        self.port, self.live_port = (self.port and (self.port, self.live_port)) or free_ports(2)
        begun = time.monotonic()
        self.up = subprocess.Popen(
            [ROOT / "bin" / "up", "--no-demo", "--port", str(self.port), "--live-port", str(self.live_port), *options],
            env=clean_environment(self.data) | (environ or {}), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, start_new_session=True,
        )
        self._heard = queue.Queue()
        if not read:
            self.up.stdout.close()
            return 0.0
        threading.Thread(target=self._listen, args=(self.up, self._heard), daemon=True).start()
        self.hear("呼应已启动")
        return time.monotonic() - begun

    def hear(self, words: str) -> str:
        """Wait for a line with these words."""
        until = time.monotonic() + PATIENCE
        while (line := self._heard.get(timeout=max(0.1, until - time.monotonic()))) is not None:
            if words in line:
                return line
        raise AssertionError("bin/up ended:\n" + "\n".join(self.lines[-30:]))

    def stop(self, sign: signal.Signals = signal.SIGINT) -> int:
        self.up.send_signal(sign)
        return self.up.wait(timeout=PATIENCE)

    def ask(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def pids(self) -> dict[str, int]:
        """Our processes as the supervisor noted them."""
        return {name: pid for name, (pid, _) in json.loads((self.data / "processes.json").read_text()).items()}

    def _listen(self, up: subprocess.Popen[str], heard: "queue.Queue[str | None]") -> None:
        with up.stdout:
            for line in up.stdout:
                self.lines.append(line.rstrip())
                heard.put(line.rstrip())
        heard.put(None)


@contextmanager
def installed(data: Path, **start) -> Iterator[Installation]:
    """A running installation; nothing of it is left afterwards, whatever was done to it in between."""
    there = Installation(data)
    try:
        there.start(**start)
        yield there
    finally:
        try:
            if there.up is not None and there.up.poll() is None:
                there.stop()
        finally:
            forget(data)


def up_fails(data: Path, *options: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`bin/up` refuses to start and says why; no traceback."""
    done = subprocess.run(
        [ROOT / "bin" / "up", "--no-demo", *options], env=clean_environment(data) | (environ or {}),
        capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    progress = ("正在打包前端……", "正在安装 Python 依赖（run）……")  # when the tests run in a tree just changed
    done.stderr = "\n".join(line for line in done.stderr.splitlines() if line not in progress)
    return done


def forget(data: Path) -> None:
    """Remove what an embedded database keeps outside its data folder."""
    for link in (data / "pg", data / "pg-socket"):
        if link.is_symlink():
            shutil.rmtree(link.readlink().parent if "huying" in link.readlink().parent.parent.name else link.readlink(),
                          ignore_errors=True)


def login(data: Path, role: str, key: str) -> psycopg.Connection:
    """Into its database as one of its two roles."""
    secret = (data / "secrets" / key).read_text()
    return psycopg.connect(host=os.path.realpath(data / "pg-socket"), user=role, password=secret, dbname="huying",
                           autocommit=True)


def children(pid: int) -> list[int]:
    """Newest first: among the sessions of the database those of the clients, not its own old helpers."""
    try:
        text = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return []
    return sorted(map(int, text.split()), reverse=True)


def eventually(question, *, seconds: float = PATIENCE):
    """The first true answer to `question`; fails when there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"never came true within {seconds} s")


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
