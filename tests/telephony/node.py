"""A real Asterisk of a test's own, made from a Plan on free ports under a temporary folder."""

import os
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

    def said(self) -> str:
        """The last lines of its log, for a failing test."""
        logs = [self.folder / "log" / name for name in ("out", "full")]
        return "\n".join(log.read_text(errors="replace")[-3000:] for log in logs if log.exists())

    def log(self) -> str:
        return (self.folder / "log" / "full").read_text(errors="replace")


def eventually(question: Callable[[], object], *, seconds: float = PATIENCE) -> object:
    """The first true answer to `question`; fails when there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"never came true within {seconds} s")


def free_ports(count: int, kind: int = socket.SOCK_STREAM) -> list[int]:
    """Ports of loopback that nobody has at this moment: parallel runs of several people share one machine."""
    probes = [socket.socket(socket.AF_INET, kind) for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def media_ports() -> tuple[int, int]:
    """A range of 200 ports below those that the kernel hands out; Asterisk passes over any that is taken."""
    low = 12000 + (os.getpid() % 95) * 200
    return low, low + 199
