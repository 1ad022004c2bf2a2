"""Who calls and who answers in the load of calls: SIPp with captures made here, and those who make conferences."""

import csv
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from _hotline import CARRIER, MENU_KEY, Hotline
from telephony import audio
from telephony.sipp import Run, Sipp, agent, citizen

AGENTS, MEETING_AGENTS = "127.0.0.3", "127.0.0.4"
CITIZEN_HZ, AGENT_HZ, THIRD_HZ = 440, 880, 1600
KEY_EVERY = {"12345": 4.0, "12346": 14.0}
"""Seconds; what the menu and the rating wait for. In a conference's recording the time of a key (0.2 s) is left out, so that
keys which nobody waits for are not pressed there."""

PATIENCE = 600.0  # seconds until a caller hangs up by himself, which counts as a failure


class Parties(Sipp):
    """Each run of SIPp keeps its counts in a file."""

    numbers = 0

    def callers(self, hotline: Hotline, called: str, *, at_once: int, rate: float, most: int = 1_000_000) -> Run:
        """Callers 139…, each pressing the key of the menu, which is the best rating too, every few seconds."""
        every = KEY_EVERY[called]
        sound: list[tuple[int, float] | str] = [(CITIZEN_HZ, every / 2)]
        for _ in range(int(PATIENCE / every)):
            sound += [str(MENU_KEY), (CITIZEN_HZ, every - 0.2)]
        capture = self.folder / f"citizen-{called}.pcap"
        if not capture.exists():
            audio.write_capture(capture, sound)
        numbers = self.folder / f"callers{len(self.runs)}.csv"
        first, Parties.numbers = Parties.numbers, Parties.numbers + 20_000
        numbers.write_text("SEQUENTIAL\n" + "".join(f"139{number:08d}\n" for number in range(first, first + 20_000)))
        xml = citizen(capture, PATIENCE, "[field0]").replace("[field0][call_number]@", "[field0]@")
        options = ["-s", called, "-inf", str(numbers), "-m", str(most), "-r", str(rate), "-l", str(at_once)]
        return self.start(hotline, xml, CARRIER, free_udp(CARRIER), options)

    def seats(self, hotline: Hotline, extensions: list[str], talk: float, host: str) -> Run:
        """Telephones that answer after 0.3 s and hang up after so many seconds of talk."""
        from telephony.telephone import Telephone

        port, capture = free_udp(host), self.capture("agent", AGENT_HZ, talk + 5)
        for extension in extensions:
            phone = Telephone(hotline.sip, extension, password=hotline.passwords[extension], host=host, port=port)
            register(phone)
        return self.start(hotline, agent(capture, 0.3, talk), host, port, ["-aa"])

    def thirds(self, hotline: Hotline, talk: float) -> Run:
        """Whoever is called over the carrier's line."""
        xml = agent(self.capture("third", THIRD_HZ, talk + 5), 0.3, talk)
        return self.start(hotline, xml, CARRIER, hotline.third_port, ["-aa"])

    def capture(self, name: str, hz: int, seconds: float) -> Path:
        path = self.folder / f"{name}-{seconds:g}.pcap"
        return path if path.exists() else audio.write_capture(path, [(hz, seconds)])

    def start(self, hotline: Hotline, xml: str, host: str, port: int, options: list[str]) -> Run:
        stats = ["-trace_stat", "-fd", "1", "-stf", str(self.folder / f"run{len(self.runs)}.csv")]
        return self._run(hotline, xml, host, port, [*options, *stats])  # type: ignore[arg-type]


def register(phone: Any) -> None:
    """The switch may be reading its files still."""
    until = time.monotonic() + 30
    try:
        while True:
            try:
                return phone.register(3600)
            except AssertionError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)
    finally:
        phone.leave()


def free_udp(host: str) -> int:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def counts(run: Run) -> tuple[int, int, int]:
    """Of a run of SIPp as it last wrote them: calls begun, ended as they should, failed."""
    try:
        with (run.folder / f"{run.name}.csv").open() as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        last = rows[-1]
        return int(last["TotalCallCreated"]), int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"])
    except (OSError, IndexError, KeyError, TypeError, ValueError):
        return 0, 0, 0


def finish(run: Run, seconds: float) -> None:
    """No new calls; those going on come to their end."""
    if run.process.poll() is None:
        run.process.send_signal(signal.SIGUSR1)
    try:
        run.process.wait(seconds)
    except subprocess.TimeoutExpired:
        run.stop()


class Conferences:
    """Whenever a seat of the group `meeting` talks, its person calls a third one into the call, as by the phone bar."""

    def __init__(self, hotline: Hotline) -> None:
        self.hotline, self.made, self.refused = hotline, 0, list[str]()
        self._known: set[int] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(30)

    def _watch(self) -> None:
        from concurrent.futures import ThreadPoolExecutor

        from django.db import connection

        from huying.calls.models import SeatSession
        from huying.org.queries import ALL, set_scope

        set_scope(ALL)
        seats = SeatSession.objects.filter(ended_at=None, state="talking", phone__extension__in=self.hotline.meeting, call__isnull=False)
        with ThreadPoolExecutor(6) as hands:
            while not self._over.wait(0.3):
                for seat in seats.select_related("staff"):
                    if seat.call_id not in self._known:
                        self._known.add(seat.call_id)
                        hands.submit(self._make, seat)
        connection.close()

    def _make(self, seat: Any) -> None:
        from django.db import connection

        from huying.calls.operations import ask_switch
        from huying.kernel.errors import Refusal
        from huying.org.policies import staff_actor
        from huying.org.queries import ALL, set_scope

        set_scope(ALL)
        try:
            time.sleep(2.0)  # a few words first
            ask_switch(actor=staff_actor(seat.staff), kind="conference", about={"to": "number"}, secret="13700137000", session=seat)
            self.made += 1
        except Refusal as refusal:
            self.refused.append(f"{refusal.code}: {refusal.message}")
        except Exception as error:  # in a thread of its own it would be heard by nobody
            self.refused.append(repr(error))
        finally:
            connection.close()
