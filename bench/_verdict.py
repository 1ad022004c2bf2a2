"""What the facts of a run must be: looked for call by call in the installation's own rows and the switch's own log."""

import json
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from _hotline import see_all

LENGTH = 1000  # ms between a recording and its talk


class Live:
    """One browser of somebody who watches the walls; (moment, what is new, call) of each message about a call."""

    def __init__(self, port: int, cookie: str) -> None:
        self.heard: list[tuple[float, str, int]] = []
        self.ready, self.broken = threading.Event(), 0
        self._request = urllib.request.Request(f"http://127.0.0.1:{port}/live/stream", headers={
            "Accept": "text/event-stream", "Cookie": cookie})
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                with urllib.request.urlopen(self._request, timeout=60) as stream:
                    for line in stream:
                        self._take(line)
            except OSError:
                pass
            self.broken += 1
            time.sleep(0.5)

    def _take(self, line: bytes) -> None:
        if not line.startswith(b"data:"):
            return
        self.ready.set()
        said = json.loads(line[5:])
        if said.get("topic") == "call" and said["call"]:
            self.heard.append((time.time(), said.get("news", ""), said["call"]))


def delays(live: Live, calls: list[Any]) -> dict[str, list[float]]:
    """Milliseconds from the switch's record to the message that says so: that it rang, was answered, ended, at its agent's
    and the wall's screens. Of calls that rang once."""
    first: dict[tuple[int, str], float] = {}
    for at, news, call in live.heard:
        for word in news.split():
            first.setdefault((call, word), at)
    found: dict[str, list[float]] = {"rang": [], "answered": [], "ended": []}
    for call in calls:
        moments = {"rang": call.offered_at, "answered": call.answered_at, "ended": call.ended_at}
        if call.offers == 1:
            for name, moment in moments.items():
                if moment and (at := first.get((call.pk, name))):
                    found[name].append((at - moment.timestamp()) * 1000)
    return found


def quiet(seconds: float) -> bool:
    """Wait until all calls are over, all seats ready and all recordings sealed; whether that came."""
    from huying.calls.models import Call, Recording, SeatSession

    see_all()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not (Call.objects.filter(ended_at=None).exists() or SeatSession.objects.filter(ended_at=None).exclude(state="ready").exists()
                or Recording.objects.filter(state="waiting").exists()):
            return True
        time.sleep(0.5)
    return False


def calls_since(begun: datetime) -> list[Any]:
    from huying.calls.models import Call

    return list(Call.objects.filter(entered_at__gte=begun).prefetch_related("legs", "recordings").order_by("entered_at"))


def folded(call: Any) -> tuple[Any, list[str]]:
    """The facts made anew from the records, and what cannot be."""
    from huying.calls.operations.take_in import nodes_of
    from huying.calls.queries.records import families, records_of, restarts_of_the_switch
    from huying.calls.rules.fold import apart, faults, fold

    for family in families([call.linkedid]):
        records = records_of(family)
        back = [record for record in restarts_of_the_switch() if record.at >= min(one.at for one in records)]
        for name, rows in apart(records):
            facts = fold([*rows, *back], nodes_of(rows), name=name)
            if facts is not None and facts.linkedid == call.linkedid:
                return facts, faults(facts)
    return None, ["no records"]


def wrong(call: Any, *, rated: bool = True) -> Iterator[str]:
    """What is not as it must be with a call that took its whole course."""
    _, found = folded(call)
    yield from (f"fault: {one}" for one in found)
    if call.outcome != "answered":
        yield f"outcome {call.outcome}"
    kinds = {line["kind"] for line in call.milestones}
    for kind in ("entered", "human", "queued", "offered", "answered", "left_queue", "recorded", "ended"):
        if kind not in kinds:
            yield f"no milestone {kind}"
    if call.called == "12345" and "key" not in kinds:
        yield "no milestone key"
    if rated and call.rating is None:
        yield "not rated"
    yield from tape(call)


def tape(call: Any) -> Iterator[str]:
    """The call's own recording, and one of each party that was called into it over a line of its own."""
    legs = {leg.uniqueid: leg for leg in call.legs.all()}
    tapes = {one.name: one for one in call.recordings.all()}
    if f"{call.linkedid}.wav" not in tapes:
        yield "recording missing"
    for name, one in tapes.items():
        leg = next((leg for key, leg in legs.items() if name.endswith(f"-{key}.wav")), None)
        off = one.duration_ms - (leg.talk_ms if leg else call.talk_ms + call.hold_ms)
        if one.state != "sealed":
            yield f"recording {one.state}"
        elif abs(off) > LENGTH:
            yield f"recording{' of a leg' if leg else ''} off by {off} ms"


def tape_off(call: Any) -> int:
    """Milliseconds by which the call's own recording is longer than its talk; 0 when there is none."""
    return next((one.duration_ms - call.talk_ms - call.hold_ms for one in call.recordings.all()
                 if one.name == f"{call.linkedid}.wav" and one.state == "sealed"), 0)


def doubled(calls: list[Any]) -> int:
    """How often one agent had two callers at once."""
    by_staff: dict[int, list[Any]] = {}
    for call in calls:
        for leg in call.legs.all():
            if leg.staff_id and leg.answered_at and leg.ended_at and leg.talk_ms:
                by_staff.setdefault(leg.staff_id, []).append(leg)
    found = 0
    for legs in by_staff.values():
        legs.sort(key=lambda leg: leg.answered_at)
        found += sum(one.ended_at > other.answered_at and one.call_id != other.call_id for one, other in pairwise(legs))
    return found


def stuck() -> list[str]:
    from huying.calls.models import SeatSession

    return [f"{seat.phone.extension} {seat.state} {seat.reason}"
            for seat in SeatSession.objects.filter(ended_at=None).exclude(state="ready").select_related("phone")]


def reconciled(data: Path, begun: datetime) -> Any:
    from huying.calls.operations.reconcile import reconcile
    from huying.kernel import clock

    return reconcile(data / "switch", begun, clock.now())


def judge(calls: list[Any], say: Callable[[str, float, str], None], note: Callable[[str], None], *, rated: bool = True) -> int:
    """Count the calls with something wrong, and say what; how many."""
    bad, reasons = 0, Counter[str]()
    for call in calls:
        found = list(wrong(call, rated=rated))
        bad += bool(found)
        reasons.update(found)
        if found:
            note(f"{call.linkedid} {call.called}: {'; '.join(found)}")
    say("calls_wrong", bad, "count")
    say("recording_length_off_most", max((abs(tape_off(call)) for call in calls), default=0), "ms")
    for name, prefix in (("calls_with_faults", "fault"), ("calls_without_milestone", "no milestone"), ("recordings_wrong", "recording"),
                         ("calls_not_rated", "not rated"), ("calls_not_answered", "outcome")):
        say(name, sum(count for reason, count in reasons.items() if reason.startswith(prefix)), "count")
    return bad
