"""kill -9 of gateway, web, worker and database in the middle of calls, then of Asterisk itself."""

import argparse
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import _hotline
import _verdict
from _parties import AGENT_HZ, AGENTS, CITIZEN_HZ, MEETING_AGENTS, Parties, counts, finish
from calls import eventually, note, open_hotline, program, say

VICTIMS = ("gateway", "web", "worker", "db")
TALK, SHORT_TALK = 120.0, 4.0
NEW_CALLS = 2  # while something is dead
NEW_SEATS = 4
AUDIBLE = 0.9  # of the packets that 20 ms frames make
SOUND_EVERY = 0.5  # seconds


def faults(options: argparse.Namespace, data: Path, port: int, folder: Path) -> bool:
    """Whether all went on and came back."""
    from huying.kernel import clock

    hotline = open_hotline(data, port, options.calls, NEW_SEATS)
    parties = Parties(program(), folder)
    live = _verdict.Live(port + 1, hotline.cookie)
    try:
        parties.seats(hotline, hotline.general, TALK, AGENTS)
        parties.seats(hotline, hotline.meeting, SHORT_TALK, MEETING_AGENTS)
        _hotline.sign_in(hotline)
        live.ready.wait(20)
        time.sleep(3)
        begun = clock.now()
        good = [while_calls_last(options.calls, data, hotline, parties), after_the_deaths(options.calls, data, begun)]
        begun = clock.now()
        good += [without_the_switch(options.calls, data, hotline, parties, begun)]
        say("load_at_the_end", os.getloadavg()[0], "processes")
        return all(good)
    finally:
        parties.stop()


def while_calls_last(number: int, data: Path, hotline: _hotline.Hotline, parties: Parties) -> bool:
    """The four deaths, one after another, with all calls talked on."""
    talkers = parties.callers(hotline, "12345", at_once=number, rate=5, most=number)
    eventually(lambda: len(streams(data)) >= 2 * number, 90, f"{number} calls talked at")
    begun, good = time.monotonic(), True
    for name in VICTIMS:
        good &= one_death(name, data, hotline, parties, number)
    say("deaths_took", time.monotonic() - begun, "s")
    talkers.process.wait(TALK + 120)
    made, well, failed = counts(talkers)
    say("talkers_ended_well", well, "count")
    say("talkers_failed", made - well, "count")
    return good and well == number and not failed


def one_death(name: str, data: Path, hotline: _hotline.Hotline, parties: Parties, number: int) -> bool:
    old = pids(data)[name]
    os.kill(old, signal.SIGKILL)
    died = time.monotonic()
    new = parties.callers(hotline, "12346", at_once=NEW_CALLS, rate=5, most=NEW_CALLS)
    heard = going_on(data, seconds=4.0)
    say(f"{name}_killed_calls_audible", heard // 2, "count")
    eventually(lambda: pids(data).get(name, old) != old, 60, f"{name} started anew")
    eventually(lambda: works(name, data, hotline), 90, f"{name} at work again")
    say(f"{name}_back_after", time.monotonic() - died, "s")
    finish(new, 120)
    answered = counts(new)[1]
    say(f"{name}_killed_new_calls_answered", answered, "count")
    return heard >= 2 * number and answered == NEW_CALLS


def after_the_deaths(number: int, data: Path, begun: Any) -> bool:
    """Everything complete and equal to the switch's log, every recording without a gap."""
    settled = _verdict.quiet(120)
    calls = _verdict.calls_since(begun)
    say("calls_on_record", len(calls), "count")
    bad = _verdict.judge(calls, say, note)
    gaps = {call.linkedid: gap for call in calls if (gap := longest_silence(call)) > 2 * SOUND_EVERY}
    for name, gap in gaps.items():
        note(f"{name}: {gap:.1f} s without both voices")
    say("recordings_with_gaps", len(gaps), "count")
    say("seats_stuck", len(seats := _verdict.stuck()), "count")
    note("\n".join(seats)) if seats else None
    report = _verdict.reconciled(data, begun)
    say("reconcile_differences", len(report.differences), "count")
    for row in report.differences[:20]:
        note(f"reconcile: {row}")
    expected = number + NEW_CALLS * len(VICTIMS)
    return settled and len(calls) == expected and not (bad or gaps or seats or report.differences)


def without_the_switch(number: int, data: Path, hotline: _hotline.Hotline, parties: Parties, begun: Any) -> bool:
    """Asterisk killed in the middle of calls: those are lost and say so; agents are back by themselves."""
    doomed = parties.callers(hotline, "12345", at_once=number, rate=5, most=number)
    eventually(lambda: len(streams(data)) >= 2 * number, 90, f"{number} calls talked at")
    old = pids(data)["pbx"]
    os.kill(old, signal.SIGKILL)
    died = time.monotonic()
    eventually(lambda: pids(data).get("pbx", old) != old and works("gateway", data, hotline), 90, "Asterisk back")
    say("pbx_back_after", time.monotonic() - died, "s")
    doomed.stop()
    eventually(lambda: not _verdict.stuck(), 60, "all seats ready again")
    say("seats_back_after", time.monotonic() - died, "s")
    settled = _verdict.quiet(90)
    say("seats_stuck", len(seats := _verdict.stuck()), "count")
    note("\n".join(seats)) if seats else None
    calls = _verdict.calls_since(begun)
    lost = [call for call in calls if call.outcome == "lost" and call.ended_by == "system" and call.cause_text]
    say("calls_in_progress", len(calls), "count")
    say("calls_marked_lost_with_cause", len(lost), "count")
    new = parties.callers(hotline, "12346", at_once=NEW_CALLS, rate=5, most=NEW_CALLS)
    new.process.wait(120)
    say("new_calls_answered_afterwards", counts(new)[1], "count")
    settled &= _verdict.quiet(60)  # the last records are on their way
    report = _verdict.reconciled(data, begun)
    say("reconcile_differences_afterwards", len(report.differences), "count")
    for row in report.differences[:20]:
        note(f"reconcile: {row}")
    return settled and len(calls) == len(lost) == number and counts(new)[1] == NEW_CALLS and not seats and not report.differences


def pids(data: Path) -> dict[str, int]:
    try:
        noted = json.loads((data / "processes.json").read_text())
    except (OSError, ValueError):
        return {}
    return {name: about[0] for name, about in noted.items() if alive(about[0])}


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def works(name: str, data: Path, hotline: _hotline.Hotline) -> bool:
    """Whether it does its work again; the worker's is seen by what it has done at the end."""
    import urllib.request

    from django.db import Error, connection

    try:
        if name == "web":
            urllib.request.urlopen(f"http://127.0.0.1:{hotline.sip[1] - 2}/readyz", timeout=2).close()
        elif name in {"gateway", "db"}:
            return fresh_gateway()
    except OSError:
        return False
    except Error:
        connection.close()
        _hotline.see_all()
        return False
    return True


def fresh_gateway() -> bool:
    """It has the switch on the line, and said so within the last moments."""
    from huying.calls.models import SwitchState
    from huying.calls.queries.switch import own_node
    from huying.kernel import clock

    row = SwitchState.objects.get(node=own_node())
    return row.connected and row.gateway_seen_at is not None and (clock.now() - row.gateway_seen_at).total_seconds() < 2.5


def cli(data: Path, command: str) -> str:
    from huying.switch import package

    found = package.find(package.cache_folder())
    assert found is not None
    line = [*found.command, "-C", (data / "switch" / "etc" / "asterisk.conf").resolve(), "-n", "-rx", command]
    return subprocess.run(line, capture_output=True, text=True, errors="replace", env=package.SAFE, timeout=30, check=False).stdout


STREAM = re.compile(r"^\s*(?P<channel>\S+\s+\S+)\s+\d\d:\d\d:\d\d\s+(?P<codec>\S+)\s+(?P<received>\d+)\s+(?P<numbers>.*)$")


def streams(data: Path) -> dict[str, tuple[int, int]]:
    """By bridge and channel (whose names are cut there): packets received, packets sent, as Asterisk counts them."""
    found = {}
    for line in cli(data, "pjsip show channelstats").splitlines():
        row = STREAM.match(line)
        if row:
            later = [part for part in row["numbers"].split() if part.isdigit()]
            # columns: lost, percent, jitter of what came; then count, lost, percent, jitter of what went; round trip
            found[row["channel"]] = (int(row["received"]), int(later[2]) if len(later) > 2 else 0)
    return found


def going_on(data: Path, seconds: float) -> int:
    """Channels to and from which sound went all the time."""
    before, begun = streams(data), time.monotonic()
    time.sleep(seconds)
    after, took = streams(data), time.monotonic() - begun
    least = took * 50 * AUDIBLE
    return sum(name in after and all(new - old >= least for old, new in zip(row, after[name], strict=True))
               for name, row in before.items())


def longest_silence(call: Any) -> float:
    """Seconds of the sealed recording in a row in which not both voices are heard."""
    worst = now = 0.0
    for piece in samples(call):
        now = 0.0 if all(heard(piece, hz) for hz in (CITIZEN_HZ, AGENT_HZ)) else now + SOUND_EVERY
        worst = max(worst, now)
    return worst


def heard(piece: list[int], hz: int) -> bool:
    from telephony import audio

    return audio.level(piece, hz) > audio.HEARD


def samples(call: Any) -> Iterator[list[int]]:
    """A quarter of each half second of the recording; its end, where one has gone already, is left out."""
    import io
    import struct
    import wave

    from telephony import audio

    from huying.calls.queries.sealed import folder, opened

    for row in call.recordings.filter(state="sealed"):
        plain = b"".join(opened(folder() / row.path, row.name, row.size))
        with wave.open(io.BytesIO(plain)) as sound:
            data = sound.readframes(sound.getnframes())
        step = int(audio.RATE * SOUND_EVERY) * 2
        for start in range(0, len(data) - step, step):
            piece = data[start : start + audio.BLOCK * 2]
            yield list(struct.unpack(f"<{len(piece) // 2}h", piece))


