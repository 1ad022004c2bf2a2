"""Calls at once through menu, queue, recording and rating, and three-way conferences beside them; what dies and comes back.

    bin/bench calls [--calls 60] [--minutes 10] [--conferences 30]     the load, and a check of every call's facts
    bin/bench calls --faults [--calls 30]                              kill -9 of one process after another

Starts an installation of its own (Asterisk, gateway, web, live, worker, database as `bin/up` runs them) with a made-up
centre, SIPp as callers and telephones on loopback, and leaves nothing behind. Prints one JSON object per line: name, value,
unit; on standard error what is wrong, call by call. Exit code 1 when a call failed or its facts are not as they must be.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(Path(__file__).resolve().parent)]

import _hotline  # noqa: E402
import _verdict  # noqa: E402
from _parties import AGENTS, MEETING_AGENTS, Conferences, Parties, counts, finish, free_udp  # noqa: E402
from orders import busy, installation, of_each, proportional, say  # noqa: E402

TALK, THIRD_TALK, MEETING_TALK = 12.0, 20.0, 30.0
SEATS_PER_CALL = 0.35  # the others are in the menu, in the queue or rate
RATE = 3.0  # new calls a second
WARM_SECONDS = 20.0
DRAIN_SECONDS = 400.0
MEDIA_PORTS = 3000


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def eventually(question: Callable[[], object], seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not question():
        if time.monotonic() > until:
            raise SystemExit(f"not within {seconds:g} s: {what}")
        time.sleep(0.2)


def media_ports() -> None:
    """A range of this process's own below the ports that the kernel hands out."""
    low = 13000 + os.getpid() % 5 * MEDIA_PORTS
    os.environ |= {"HUYING_RTP_LOW": str(low), "HUYING_RTP_HIGH": str(low + MEDIA_PORTS - 1)}


def open_hotline(data: Path, port: int, general: int, meeting: int) -> _hotline.Hotline:
    """The centre, known to the switch."""
    eventually(lambda: '"on"' in (data / "switch.json").read_text(), 300, "the switch")
    _hotline.set_up()
    hotline = _hotline.build(port, free_udp(_hotline.CARRIER), general, meeting)
    eventually(lambda: _hotline.configured(data, hotline), 120, "the switch told of the centre")
    time.sleep(2)  # it has its files, and reads them
    return hotline


class Meter:
    """Processor time and memory of each process over the run."""

    def __init__(self, data: Path) -> None:
        self.data, self.begun = data, time.monotonic()
        self.busy, self.memory = of_each(data, busy), of_each(data, proportional)
        self.loads: list[float] = []

    def look(self) -> None:
        self.loads.append(os.getloadavg()[0])

    def tell(self) -> None:
        wall = (time.monotonic() - self.begun) * 1000
        for name, spent in of_each(self.data, busy).items():
            say(f"cpu_{name}", (spent - self.busy.get(name, 0)) / wall * 100, "% of one core")
        for name, size in of_each(self.data, proportional).items():
            say(f"memory_{name}", size, "MB")
            say(f"memory_growth_{name}", size - self.memory.get(name, 0), "MB")
        say("load_mean", statistics.fmean(self.loads or [0.0]), "processes")
        say("cores", os.cpu_count() or 0, "count")


def delay_figures(live: _verdict.Live, calls: list[Any]) -> None:
    found = _verdict.delays(live, calls)
    every = [one for rows in found.values() for one in rows]
    for name, rows in {**found, "event_to_screen": every}.items():
        if len(rows) > 1:
            cuts = statistics.quantiles(rows, n=100, method="inclusive")
            say(f"{name}_delay_p50", cuts[49], "ms")
            say(f"{name}_delay_p95", cuts[94], "ms")
    say("event_to_screen_samples", len(every), "count")
    say("live_connection_lost", live.broken, "count")


def load(options: argparse.Namespace, data: Path, port: int, folder: Path) -> bool:
    """Whether all was as it must be."""
    from huying.kernel import clock

    hotline = open_hotline(data, port, max(2, round(options.calls * SEATS_PER_CALL)), options.conferences)
    parties = Parties(program(), folder)
    live = _verdict.Live(port + 1, hotline.cookie)
    try:
        parties.seats(hotline, hotline.general, TALK, AGENTS)
        if options.conferences:
            parties.seats(hotline, hotline.meeting, MEETING_TALK, MEETING_AGENTS)
            parties.thirds(hotline, THIRD_TALK)
        _hotline.sign_in(hotline)
        live.ready.wait(20)
        time.sleep(3)
        begun = clock.now()
        conferences = Conferences(hotline)
        runs = [parties.callers(hotline, "12345", at_once=options.calls, rate=RATE)]
        if options.conferences:
            runs.append(parties.callers(hotline, "12346", at_once=options.conferences, rate=RATE))
        meter = wait_through(data, options.minutes * 60)
        for run in runs:
            finish(run, DRAIN_SECONDS)
        meter.tell()
        conferences.stop()
        return told(data, hotline, runs, conferences, live, begun, options)
    finally:
        parties.stop()


def wait_through(data: Path, seconds: float) -> Meter:
    time.sleep(min(WARM_SECONDS, seconds / 2))
    meter, until = Meter(data), time.monotonic() + seconds - min(WARM_SECONDS, seconds / 2)
    while time.monotonic() < until:
        meter.look()
        time.sleep(min(5.0, max(0.1, until - time.monotonic())))
    return meter


def told(data: Path, hotline: _hotline.Hotline, runs: list[Any], conferences: Conferences, live: _verdict.Live, begun: Any,
         options: argparse.Namespace) -> bool:
    made = [counts(run) for run in runs]
    for run in runs:
        if text := run.errors().strip():
            note(text[-1500:])
    say("calls_made", sum(row[0] for row in made), "count")
    say("calls_failed", sum(row[0] - row[1] for row in made), "count")
    settled = _verdict.quiet(90)
    calls = _verdict.calls_since(begun)
    say("calls_on_record", len(calls), "count")
    bad = _verdict.judge(calls, say, note)
    met = [call for call in calls if call.conferences]
    say("conferences_made", len(met), "count")
    say("conferences_refused", len(conferences.refused), "count")
    for text in sorted(set(conferences.refused)):
        note(f"conference refused: {text}")
    say("agents_with_two_callers", doubled := _verdict.doubled(calls), "count")
    say("seats_stuck", len(seats := _verdict.stuck()), "count")
    note("\n".join(seats)) if seats else None
    delay_figures(live, calls)
    report = _verdict.reconciled(data, begun)
    say("reconciled_calls", report.calls, "count")
    say("reconcile_differences", len(report.differences), "count")
    for row in report.differences[:20]:
        note(f"reconcile: {row}")
    wrong = bad + doubled + len(seats) + len(report.differences) + sum(row[0] - row[1] for row in made) + len(conferences.refused)
    made_any = bool(met) or not options.conferences
    return settled and made_any and not wrong and len(calls) == sum(row[0] for row in made)


def program() -> str:
    from telephony.sipp import Sipp

    found = Sipp.find()
    if found is None:
        raise SystemExit("SIPp plays sound through a raw socket: run as root, with sip-tester installed")
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, help="at once: 60, with --faults 30")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--conferences", type=int, default=30, help="three-way calls at the same time")
    parser.add_argument("--faults", action="store_true", help="kill -9 instead of the load")
    options = parser.parse_args()
    options.calls = options.calls or (30 if options.faults else 60)
    media_ports()
    with tempfile.TemporaryDirectory(prefix="hy-bench-sipp-") as folder, installation(phone=True) as (data, port):
        if options.faults:
            from _deaths import faults

            return 0 if faults(options, data, port, Path(folder)) else 1
        return 0 if load(options, data, port, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
