"""All the parts put together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huying.calls.catalog import Outcome
from huying.calls.rules.fold import course
from huying.calls.rules.fold.channels import HOLD, JOINED, UNHOLD, Said, Stream, in_order, read, span_at
from huying.calls.rules.fold.company import SETTLING, Shares, Stretch, shares, stretches
from huying.calls.rules.fold.facts import CallFacts, LegFacts, Taped
from huying.calls.rules.fold.outcome import cause_of, ended_by, not_invited, outcome_of
from huying.calls.rules.fold.parties import INTERNAL, INWARD, OUTWARD, Cast, cast_of, legs_of
from huying.switch.records import Record

SERVES = "agent"


def fold(records: Iterable[Record], nodes: Mapping[str, str] | None = None, *, name: str = "") -> CallFacts | None:
    """The facts of the one call these records tell of, so far; None when no channel is among them, or only a listener's.

    A record of kind SWITCH_START among them ends what had not ended by itself. `nodes` says what kind of step each
    "flow:node" is (prompt, menu, …; "closed" behind a desk's closed door). `name`: the row's, from `apart`.
    """
    stream = read(in_order(records))
    if stream is None:
        return None
    stream.linkedid = name or stream.linkedid
    cast = cast_of(stream)
    if cast.first.is_spy:
        return None  # a shift leader who listens calls nobody; that he did is on record elsewhere
    lost = _close(stream, cast)
    _settle_holds(stream, cast)
    rows = stretches(stream, cast.citizen)
    until = cast.citizen.ended or stream.last
    legs = legs_of(stream, cast, rows, {})
    answer = _answer(cast, rows, legs)
    spent = shares(rows, stream, answer.at, until)
    legs = legs_of(stream, cast, rows, spent.by_leg if answer.at else _outside_talk(rows, stream, until))
    return _facts(_Folded(stream, cast, legs, answer, spent, lost, nodes or {}))


def _close(stream: Stream, cast: Cast) -> bool:
    """Whether the switch's restart cut the call off; then everything ends there."""
    if stream.restart is None or cast.citizen.ended is not None:
        return False
    stream.last = max(stream.restart, stream.last)
    for channel in stream.channels.values():
        channel.end(stream.last)
    return True


def _settle_holds(stream: Stream, cast: Cast) -> None:
    """The music that the citizen heard is the switch's own word, to the microsecond; where it is on record, what the
    gateway noted of the telephones' hold keys is not needed."""
    if not cast.citizen.music:
        return
    stream.said = [said for said in stream.said if said.event not in {HOLD, UNHOLD}]
    for channel in stream.channels.values():
        channel.holds = []
    for span in cast.citizen.music:
        if span.until and span.until - span.since < SETTLING:
            continue  # alone in a room that empties
        by = _partner(stream, cast, span.since)
        stream.said.append(Said(span.since, by, HOLD, ""))
        if span.until and span.until != cast.citizen.ended:
            stream.said.append(Said(span.until, by, UNHOLD, ""))


def _partner(stream: Stream, cast: Cast, at: datetime) -> str:
    """Whose telephone was in the bridge with the citizen; "" when that is not one alone."""
    bridge = span_at(cast.citizen.stays, at)
    inside = [
        channel.uniqueid for channel in cast.others
        if bridge and channel.extension and (span := span_at(channel.stays, at)) and span.name == bridge.name
    ]
    return inside[0] if len(inside) == 1 else ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The first and the last person who came on the line, and when each answered."""

    at: datetime | None
    first: str = ""
    last_at: datetime | None = None
    last: str = ""


def _answer(cast: Cast, rows: list[Stretch], legs: list[LegFacts]) -> _Answer:
    """Answered is who picked up and then heard the citizen; who picked up when nobody was there any more did not.

    An outgoing call is answered when the citizen picks up.
    """
    met = {key for row in rows for key in row.with_}
    served = [leg for leg in legs if leg.role == SERVES and leg.answered_at and leg.uniqueid in met]
    served.sort(key=lambda leg: (leg.answered_at, leg.uniqueid))
    if cast.direction == OUTWARD:
        who = next((leg.extension for leg in legs if leg.role == SERVES), cast.first.extension)
        at = cast.citizen.answered if cast.citizen.trunk and served else None
        return _Answer(at, who, at, served[-1].extension if served else "")
    if not served:
        return _Answer(None, cast.first.extension if cast.direction == INTERNAL else "")
    first, last = served[0], served[-1]
    caller = cast.first.extension if cast.direction == INTERNAL else ""
    return _Answer(first.answered_at, caller or first.extension, last.answered_at, last.extension)


def _outside_talk(rows: list[Stretch], stream: Stream, until: datetime) -> dict[str, int]:
    """Talk with outside lines when nobody of ours answered: a caller passed on by the menus."""
    return shares(rows, stream, rows[0].since, until).by_leg if rows else {}


@dataclass(frozen=True, slots=True)
class _Folded:
    stream: Stream
    cast: Cast
    legs: list[LegFacts]
    answer: _Answer
    spent: Shares
    lost: bool
    nodes: Mapping[str, str]

    def first(self, *events: str) -> Said | None:
        return next((said for said in self.stream.said if said.event in events), None)

    def text(self, event: str) -> str:
        said = self.first(event)
        return said.text if said else ""

    def count(self, *events: str) -> int:
        return sum(said.event in events for said in self.stream.said)


def _facts(made: _Folded) -> CallFacts:
    cast, answer = made.cast, made.answer
    offered = [leg for leg in made.legs if leg.role == SERVES and leg.offered_at]
    human, queued, invited = made.first("HUMAN", "QUEUE"), made.first("QUEUE"), made.first("INVITE")
    rated = next((said for said in made.stream.said if said.event == "RATE" and course.rating(said.text) is not None), None)
    return CallFacts(
        linkedid=made.stream.linkedid, direction=cast.direction, called=_called(made), number=_number(made)[:64],
        trunk=cast.citizen.trunk, flow=_flow(made), queue=_queue(made), agent=answer.first, last_agent=answer.last,
        last_answered_at=answer.last_at, entered_at=cast.citizen.began if cast.direction == INWARD else cast.first.began,
        human_at=human.at if human else None, queued_at=queued.at if queued else None,
        offered_at=offered[0].offered_at if offered else None, answered_at=answer.at, ended_at=_ended_at(made),
        talk_ms=made.spent.talk, hold_ms=made.spent.hold, offers=len(offered), transfers=made.count("BLINDTRANSFER", "ATTENDEDTRANSFER"),
        conferences=len({said.text for said in made.stream.said if said.event == "ROOM"}) + made.count(JOINED),
        invited_at=invited.at if invited else None, rating=course.rating(rated.text) if rated else None,
        rated_at=rated.at if rated else None, was_listed=made.first("BLOCKED") is not None,
        own_phone=cast.citizen.extension if cast.direction == INWARD else "",
        legs=tuple(made.legs), tapes=_tapes(made), **_end(made),
    )


def _ended_at(made: _Folded) -> datetime | None:
    """The citizen's end; of an outgoing call that nobody took, the end of our own telephone."""
    ended = made.cast.citizen.ended
    if made.cast.direction == OUTWARD and not made.answer.at:
        return made.cast.first.ended if ended or made.cast.first.ended else None
    return ended


def _end(made: _Folded) -> dict[str, Any]:
    """How it ended, and the course with its last line."""
    lines = course.milestones(made.stream, made.legs)
    if not made.first("ENTER"):
        lines.insert(0, (made.cast.first.began, {"kind": "entered", "called": _called(made)}))
    ended = _ended_at(made)
    if ended is None:
        return {
            "outcome": Outcome.GOING_ON, "ended_by": "", "cause": 0, "cause_text": "", "not_invited": "",
            "milestones": course.written(lines),
        }
    by = ended_by(made.stream, made.cast, made.legs, lost=made.lost)
    cause, why = cause_of(made.cast.citizen, by, lost=made.lost, answered=made.answer.at is not None)
    found = outcome_of(made.stream, made.cast, made.legs, made.answer.at, by, made.nodes)
    outcome = Outcome.LOST if made.lost else found
    lines.append((ended, {"kind": "ended", "by": by, "cause": cause, "why": why, "outcome": str(outcome)}))
    invited = made.first("INVITE")
    return {
        "outcome": outcome, "ended_by": by, "cause": cause, "cause_text": why, "milestones": course.written(lines),
        "not_invited": "lost" if made.lost and made.answer.at and not invited
        else not_invited(made.cast, made.answer.at, invited.at if invited else None, by),
    }


def _called(made: _Folded) -> str:
    if made.cast.direction == INWARD:
        return (made.text("ENTER") or made.cast.citizen.exten)[:32]
    return "" if made.cast.direction == OUTWARD else made.cast.first.exten[:32]


def _number(made: _Folded) -> str:
    if made.cast.direction == OUTWARD:
        return made.text("OUT") or made.cast.citizen.number
    return made.cast.citizen.number


def _flow(made: _Folded) -> str:
    if node := made.text("NODE"):
        return node.partition(":")[0][:20]
    return course.route_of(made.text("ROUTE")).get("flow", "")[:20]


def _queue(made: _Folded) -> str:
    """A group's queue: where the citizen stood when somebody answered, else the last one entered."""
    answered = made.answer.at
    found = [said.text[:20] for said in made.stream.said if said.event == "QUEUE" and (answered is None or said.at <= answered)]
    groups = [name for name in found if not name.startswith("p")]
    return (groups or found or [""])[-1]


def _tapes(made: _Folded) -> tuple[Taped, ...]:
    """Of a talk only what is said in it is recorded: where nobody met, there is no file. A message left has a folder of
    its own."""
    met = any(leg.talk_ms for leg in made.legs) or made.answer.at is not None
    told = [said for said in made.stream.said if said.text and (said.event == "MAIL" or (said.event == "RECORD" and met))]
    names = {said: said.text if said.event == "RECORD" else f"voicemail/{said.text}" for said in told}
    once = {names[said]: Taped(names[said][:80], said.at) for said in reversed(told)}
    return tuple(sorted(once.values(), key=lambda tape: (tape.begun_at, tape.name)))
