"""A real Asterisk of a test's own, made from a Plan on free ports under a temporary folder."""

import contextlib
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from huying.switch import package, render, speech
from huying.switch.plan import Plan
from huying.switch.render import spoken
from telephony import audio

PATIENCE = 30.0
CARRIER = "127.0.0.2"  # the address that a test's carrier calls from


class Node:
    """Started by the fixtures of conftest.py; `plan` says which ports it took."""

    def __init__(self, plan: Plan, found: package.Package) -> None:
        self.plan, self.package = plan, found
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> tuple[str, int]:
        return self.plan.host, self.plan.sip_port

    @property
    def folder(self) -> Path:
        return self.plan.folder

    def start(self) -> "Node":
        package.furnish(self.folder, self.package)
        render.write(self.plan)
        if not (self.folder / "sounds/moh/hold.wav").exists():
            audio.write_sounds(self.folder / "sounds", {**spoken.SPOKEN, **speech.MORE})
        with (self.folder / "log" / "out").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.package.command, "-C", self.folder / "etc" / "asterisk.conf", "-f", "-n"],
                cwd=self.folder, env=package.SAFE, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            eventually(lambda: "fully booted" in self.cli("core waitfullybooted").lower() or self._living())
        except AssertionError:
            self.stop()
            raise
        return self

    def _living(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise AssertionError(f"Asterisk ended: {self.said()}")
        return False

    def stop(self) -> None:
        """At once, as a process that is told to end; killed when it does not listen."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def cli(self, command: str) -> str:
        """What the console answers to `command`."""
        done = subprocess.run(
            [*self.package.command, "-C", self.folder / "etc" / "asterisk.conf", "-n", "-rx", command], env=package.SAFE,
            capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False,
        )
        return done.stdout

    def change(self, **values: object) -> None:
        """Another plan for the running node, reloaded as the gateway does it: change(numbers=(…), flows=(…))."""
        self.plan = replace(self.plan, **values)  # type: ignore[arg-type]
        for module in render.write(self.plan):
            self.cli(f"module reload {module}")

    def calls(self) -> int:
        """How many channels there are."""
        count = self.cli("core show channels count").split()
        return int(count[0]) if count and count[0].isdigit() else -1

    def recording(self, name: str) -> list[list[int]]:
        """The channels of a recording, once the recorder has let go of it: until then there is no saying how long it is."""
        assert self.process
        path = self.folder / "spool/recordings" / name
        eventually(lambda: path.exists() and not is_open(path, self.process.pid))
        return audio.read(path)

    def said(self) -> str:
        """The last lines of its log, for a failing test."""
        logs = [self.folder / "log" / name for name in ("out", "full")]
        return "\n".join(log.read_text(errors="replace")[-3000:] for log in logs if log.exists())

    def log(self) -> str:
        return (self.folder / "log" / "full").read_text(errors="replace")


def is_open(path: Path, pid: int) -> bool:
    """Whether that process has the file open."""
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            if handle.readlink() == path.resolve():
                return True
    return False


def eventually(question: Callable[[], object], *, seconds: float = PATIENCE) -> object:
    """The first true answer to `question`; fails when there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"never came true within {seconds} s")


def free_ports(count: int) -> list[int]:
    """Ports that nobody has at this moment, of TCP as of UDP: parallel runs of several people share one machine. They lie
    outside of those that the kernel hands out, so that nobody is given one before it is used."""
    found: list[int] = []
    while len(found) < count:
        port = 5000 + secrets.randbelow(7000)
        if port not in found and all(_free(port, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)):
            found.append(port)
    return found


def _free(port: int, kind: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def media_ports() -> tuple[int, int]:
    """A range of 200 ports below those that the kernel hands out; Asterisk passes over any that is taken."""
    low = 12000 + (os.getpid() % 95) * 200
    return low, low + 199
