"""Who is who in a call: the citizen's channel, and the legs of everybody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from huying.calls.rules.fold.channels import Channel, Said, Stream
from huying.calls.rules.fold.company import Stretch
from huying.calls.rules.fold.facts import LegFacts

INWARD, OUTWARD, INTERNAL = "in", "out", "internal"
REFUSED = {17, 21, 22}  # busy, rejected, number changed: how a telephone says no
UNREACHABLE = {1, 3, 18, 20, 27, 28, 34, 38, 41, 42, 58, 88, 111, 127}
AT_ONCE = timedelta(milliseconds=300)
"""A caller who gives up ends the ringing in the same breath: first the telephone's channel goes, then the caller's."""


@dataclass(frozen=True, slots=True)
class Cast:
    """`direction` from our side; `citizen` is the caller, of an outgoing call the called party, inside whoever dialled."""

    direction: str
    citizen: Channel
    first: Channel
    others: tuple[Channel, ...]


def cast_of(stream: Stream) -> Cast:
    """The first channel of the call decides. A call the dialplan greeted as entering came from outside, whatever its
    channel is called (the demonstration's citizen has a telephone like any other)."""
    parties = [channel for channel in stream.channels.values() if channel.is_party] or list(stream.channels.values())
    first = min(parties, key=lambda channel: (channel.began, channel.uniqueid))
    entered = next((said.uniqueid for said in stream.said if said.event == "ENTER"), "")
    if entered in stream.channels and stream.channels[entered].is_party:
        first = stream.channels[entered]
        direction, citizen = INWARD, first
    elif first.trunk and not first.dialled:
        direction, citizen = INWARD, first
    else:
        direction, citizen = _outward(stream, first, parties)
    others = tuple(channel for channel in parties if channel is not citizen)
    return Cast(direction, citizen, first, others)


def _outward(stream: Stream, first: Channel, parties: list[Channel]) -> tuple[str, Channel]:
    lines = [channel for channel in parties if channel.trunk]
    if lines:
        return OUTWARD, next((channel for channel in lines if channel.answered), lines[0])
    dialled_out = any(said.event == "OUT" for said in stream.said)
    return (OUTWARD if dialled_out else INTERNAL), first


@dataclass(frozen=True, slots=True)
class Ringing:
    """What a leg's end looks like from outside: who else answered when, and when the citizen went."""

    answers: tuple[datetime, ...]
    citizen_ended: datetime | None
    leaves: tuple[datetime, ...]  # of those who talked to the citizen: who asks for advice leaves who is asked


def legs_of(stream: Stream, cast: Cast, rows: list[Stretch], by_leg: dict[str, int]) -> list[LegFacts]:
    """In the order in which they were rung."""
    met: set[str] = set()
    for row in rows:
        met |= row.with_
    answers = tuple(sorted(channel.answered for channel in cast.others if channel.answered))
    leaves = tuple(stay.until for channel in cast.others if channel.uniqueid in met for stay in channel.stays if stay.until)
    ringing = Ringing(answers, cast.citizen.ended, leaves)
    made = []
    for channel in sorted(cast.others, key=lambda each: (each.began, each.uniqueid)):
        asked = last_said(stream, channel, {"DESK", "OUT"})
        rung = channel is not cast.first or channel.dialled
        made.append(LegFacts(
            uniqueid=channel.uniqueid, channel=channel.name, role=_role(cast, channel, met),
            extension=channel.extension, number=_number(channel, asked), desk=asked.text if _is_desk(channel, asked) else "",
            queue=queue_at(stream, channel.began, answers), offered_at=channel.began if rung else None, answered_at=channel.answered,
            ended_at=channel.ended, result=_result(channel, ringing, rung=rung), talk_ms=by_leg.get(channel.uniqueid, 0),
            cause=channel.cause,
        ))
    return made


def last_said(stream: Stream, channel: Channel, events: set[str]) -> Said:
    """The last of these events before the channel began, an empty one when there is none."""
    found = [said for said in stream.said if said.event in events and said.at <= channel.began]
    return found[-1] if found else Said(channel.began, "", "", "")


def queue_at(stream: Stream, moment: datetime, answers: Iterable[datetime]) -> str:
    """The queue in which the citizen stood, or the group that was asked for advice; "" once somebody had answered."""
    standing: dict[str, Said] = {}  # by who stands: a group may be asked before the end of the citizen's own queue is told
    for said in stream.said:
        if said.at > moment:
            break
        if said.event in {"QUEUE", "ASK"} and not _over(stream, said, moment):
            standing[said.uniqueid] = said
        elif said.event in {"QUEUEEND", "INVAIN"}:
            standing.pop(said.uniqueid, None)
    last = max(standing.values(), key=lambda said: said.at, default=None)
    return "" if last is None or any(last.at < answered < moment for answered in answers) else last.text[:20]


def _over(stream: Stream, said: Said, moment: datetime) -> bool:
    """Whether the channel that said it was gone by then: a consultation that was given up."""
    channel = stream.channels.get(said.uniqueid)
    return bool(channel and channel.ended and channel.ended < moment)


def _number(channel: Channel, asked: Said) -> str:
    """What was dialled; the switch's own words for the way out ("only-carrier") are no number."""
    number = (asked.text if asked.event == "OUT" else channel.number) if channel.trunk else ""
    return number if number.strip("+*#").isdecimal() else ""


def _is_desk(channel: Channel, asked: Said) -> bool:
    return bool(channel.trunk) and asked.event == "DESK"


def _role(cast: Cast, channel: Channel, met: set[str]) -> str:
    if channel.is_spy:
        return "monitor"
    if channel.uniqueid not in met and _asked_for_advice(cast, channel, met):
        return "consult"
    return "outside" if channel.trunk else "agent"


def _asked_for_advice(cast: Cast, channel: Channel, met: set[str]) -> bool:
    """Rung while somebody who had talked to the citizen was still there."""
    earlier = (each for each in cast.others if each.uniqueid in met and each.answered and each.answered <= channel.began)
    return any(each.ended is None or each.ended > channel.began for each in earlier)


def _result(channel: Channel, ringing: Ringing, *, rung: bool) -> str:
    if channel.ended is None:
        return "talking" if channel.answered else "ringing"
    if channel.answered:
        return "answered"
    if not rung:
        return "failed"  # whoever dialled, in vain
    if channel.cause in REFUSED:
        return "refused"
    if channel.source != channel.name and _given_up(channel.ended, ringing):
        return "cancelled"
    return "failed" if channel.cause in UNREACHABLE else "missed"


def _given_up(ended: datetime, ringing: Ringing) -> bool:
    """The caller went, or somebody else was quicker, at that very moment; or who asked for advice went a moment before.

    Unless the telephone itself let go, in which case whoever called it, and nobody else, was let go with it. The cause
    does not tell: a queue ends the ringing by 26 ("answered elsewhere") also when nobody answered at all.
    """
    gone = ringing.citizen_ended
    if gone and abs(gone - ended) <= AT_ONCE:
        return True
    if any(timedelta() < ended - left <= AT_ONCE for left in ringing.leaves):
        return True
    return any(abs(ended - answered) <= AT_ONCE for answered in ringing.answers)
