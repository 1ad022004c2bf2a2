"""The facts of a call written into its rows; names of the switch become people, groups and centres of ours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

import structlog

from huying.calls.catalog import AgentState
from huying.calls.models import Call, CalledNumber, Leg, Phone, Recording, SeatState, SkillGroup, Trunk
from huying.calls.operations.known import Known
from huying.calls.queries.records import restarts_of_the_switch
from huying.calls.queries.seats import seat_at
from huying.calls.queries.trials import Trials, trials
from huying.calls.rules.fold import FOLD_VERSION, CallFacts, LegFacts
from huying.calls.rules.fold.company import milliseconds
from huying.citizens.fields import blind_index
from huying.citizens.models import Caller
from huying.kernel.clock import to_milliseconds
from huying.kernel.phones import normalise_phone
from huying.switch.records import Record, node_of

log = structlog.get_logger("huying.calls.save_call")
SAME = (
    "direction", "called", "number", "flow", "entered_at", "human_at", "queued_at", "offered_at", "answered_at", "ended_at",
    "outcome", "ended_by", "cause", "cause_text", "talk_ms", "hold_ms", "offers", "transfers", "conferences", "invited_at",
    "rating", "rated_at", "not_invited", "was_listed",
)
"""Facts that stand in the row under the same name."""

LEG_SAME = ("role", "extension", "number", "desk", "queue", "offered_at", "answered_at", "ended_at", "result", "talk_ms", "cause")
KEPT = 5.0  # seconds
SEATS_KEPT = 5000
AFTER_WORK = "after_work_ended"
LEG_COLUMNS = (*LEG_SAME, "staff_id", "wrap_ms")


@dataclass(slots=True)
class Saved:
    """A call as it is now, with what is new in it."""

    call: Call
    entered: bool
    rang: list[Leg] = field(default_factory=list)
    answered: list[Leg] = field(default_factory=list)
    inside: set[int] = field(default_factory=set)  # people whose telephones are in it now
    ended: bool = False
    changed: bool = True
    family: Sequence[str] = ()  # the names of all calls that are part of it

    @property
    def news(self) -> list[str]:
        """What is new, in words."""
        new = {"entered": self.entered, "rang": self.rang, "answered": self.answered, "ended": self.ended}
        return [word for word, it_is in new.items() if it_is]


@dataclass(slots=True)
class Surroundings:
    """Look-ups made once, for one batch, or for a few seconds of many batches. What was not found is looked for again:
    it may be on its way (a person signing in while his telephone rings)."""

    born: float = field(default_factory=monotonic)
    back: list[Record] | None = None
    failed: list[str] = field(default_factory=list)  # calls that could not be saved
    numbers: dict[str, CalledNumber] = field(default_factory=dict)
    centres: dict[tuple[str, str], int] = field(default_factory=dict)
    groups: dict[str, SkillGroup] = field(default_factory=dict)
    seats: dict[tuple[str, datetime], int] = field(default_factory=dict)
    trials: Trials | None = None

    def fresh(self) -> "Surroundings":
        """Without what was looked up too long ago."""
        if monotonic() - self.born > KEPT:
            self.back, self.trials, self.born = None, None, monotonic()
            for each in (self.numbers, self.centres, self.groups):
                each.clear()
        if len(self.seats) > SEATS_KEPT:  # who sat where at a moment stays true
            self.seats.clear()
        return self

    def restarts(self, since: datetime, nodes: set[str]) -> list[Record]:
        """When one of these nodes of the switch came back after `since`."""
        if self.back is None:
            self.back = restarts_of_the_switch()
        return [record for record in self.back if record.at >= since and record.node in {"", *nodes}]

    def number(self, called: str) -> CalledNumber | None:
        if called and called not in self.numbers and (found := CalledNumber.objects.filter(number=called).first()):
            self.numbers[called] = found
        return self.numbers.get(called)

    def centre(self, facts: CallFacts) -> int | None:
        """Whose call it is: of the called number, else of one of our telephones, else of the trunk's keeper."""
        found = self.number(facts.called)
        if found:
            return found.centre_id
        for extension in (facts.agent, *(leg.extension for leg in facts.legs)):
            if extension and (centre := self._first(Phone, "extension", extension)):
                return centre
        return self._first(Trunk, "name", facts.trunk) if facts.trunk else None

    def is_test(self, centre: int, digest: bytes, own_phone: str) -> bool:
        """Whether a call of this number, or from this telephone of the demonstration's citizen, only tests (C10)."""
        if self.trials is None:
            self.trials = trials()
        return (centre, digest) in self.trials.numbers or own_phone in self.trials.phones

    def _first(self, model: Any, name: str, value: str) -> int | None:
        key = (name, value)
        if key not in self.centres:
            found = model.objects.filter(**{name: value}).values_list("centre_id", flat=True).first()
            if found is None:
                return None
            self.centres[key] = found
        return self.centres[key]

    def group(self, queue: str) -> SkillGroup | None:
        """Of a group's queue ("q7"); a personal queue ("p12") is nobody's group."""
        key = queue[1:] if queue[:1] == "q" and queue[1:].isdecimal() and len(queue) < 18 else ""
        if key and queue not in self.groups and (found := SkillGroup.objects.filter(pk=int(key)).first()):
            self.groups[queue] = found
        return self.groups.get(queue)

    def staff(self, extension: str, at: datetime | None) -> int | None:
        if not extension or at is None:
            return None
        key = (extension, at)
        if key not in self.seats and (seat := seat_at(extension, at)):
            self.seats[key] = seat.staff_id
        return self.seats.get(key)


def save_call(facts: CallFacts, around: Surroundings, known: Known) -> Saved | None:
    """Insert or update the call, its legs and its recordings; None, on record, when no centre of ours is concerned."""
    before = known.call(facts.linkedid)
    centre = before.centre_id if before else around.centre(facts)
    if centre is None:
        log.warning("call_of_nobody", call=facts.linkedid)
        return None
    call = before or Call(linkedid=facts.linkedid, centre_id=centre)
    saved = Saved(call, entered=before is None)
    old = {} if before is None else _shape(before)
    saved.ended = facts.ended_at is not None and (before is None or before.ended_at is None)
    _fill(call, facts, around)
    legs = _legs(call, facts, around)
    saved.inside = {leg.staff_id for leg in legs if leg.staff_id and leg.ended_at is None}
    call.milestones = _with_people(facts, {leg.uniqueid: leg for leg in legs}) + _wrap_up(call, legs)
    changed = [name for name, value in _shape(call).items() if before is None or value != old[name]]
    saved.changed = bool(changed)
    if changed:
        call.save(update_fields=changed if before else None)
    _save_legs(call, legs, saved, known.legs[call.pk])
    if saved.changed:
        _save_tapes(call, facts, known.tapes[call.pk])
    return saved


def _shape(call: Call) -> dict[str, Any]:
    return {field.attname: getattr(call, field.attname) for field in Call._meta.concrete_fields}


def _fill(call: Call, facts: CallFacts, around: Surroundings) -> None:
    goes_on = call.pk is None or call.ended_at is None  # a list that is changed later changes nothing of what is over
    for name in SAME:
        setattr(call, name, getattr(facts, name))
    call.node = node_of(facts.linkedid)[:16]
    number = normalise_phone(facts.number)
    call.number_hash = blind_index(number, purpose="phone")
    if goes_on:
        call.is_test = around.is_test(call.centre_id, call.number_hash, facts.own_phone)
    if number and call.caller_id is None and (call.pk is None or call.ended_at):
        known = Caller.objects.filter(centre_id=call.centre_id, phone_hash=call.number_hash)
        call.caller_id = known.values_list("pk", flat=True).first()
    group = around.group(facts.queue)
    called = around.number(facts.called)
    call.group_id = group.pk if group else called.group_id if called and facts.queued_at else None
    first = facts.answered_at or facts.offered_at or facts.entered_at
    answered = facts.answered_at or facts.direction != Call.Direction.IN
    call.agent_id = around.staff(facts.agent, first) if answered else None
    call.agent_seat = facts.agent if answered else ""
    call.last_agent_id = around.staff(facts.last_agent, facts.last_answered_at)
    call.version = FOLD_VERSION


def _legs(call: Call, facts: CallFacts, around: Surroundings) -> list[Leg]:
    return [_leg(call, leg, around) for leg in facts.legs]


def _leg(call: Call, facts: LegFacts, around: Surroundings) -> Leg:
    row = Leg(centre_id=call.centre_id, uniqueid=facts.uniqueid)
    for name in LEG_SAME:
        setattr(row, name, getattr(facts, name))
    row.staff_id = around.staff(facts.extension, facts.offered_at or facts.answered_at or call.entered_at)
    return row


def _with_people(facts: CallFacts, legs: dict[str, Leg]) -> list[dict[str, Any]]:
    """The milestones with the people's ids beside their telephones."""
    rows = []
    for line in facts.milestones:
        leg = legs.get(line.get("leg", ""))
        rows.append({**line, "staff": leg.staff_id} if leg and leg.staff_id else dict(line))
    return rows


def _wrap_up(call: Call, legs: list[Leg]) -> list[dict[str, Any]]:
    """After-call work as the seats kept it, of the call and of each person's leg; the milestones "after-call work until"."""
    if call.pk is None or call.answered_at is None or call.ended_at is None:
        return []
    spent: dict[int, int] = {}
    lines = []
    for row in SeatState.objects.filter(call=call, state=AgentState.WRAP_UP).order_by("begun_at", "id"):
        if row.ended_at:
            spent[row.staff_id] = spent.get(row.staff_id, 0) + milliseconds(row.begun_at, row.ended_at)
            at = to_milliseconds(row.ended_at).isoformat(timespec="milliseconds")
            lines.append({"at": at, "kind": AFTER_WORK, "staff": row.staff_id})
    call.wrap_ms = sum(spent.values())
    for leg in legs:
        leg.wrap_ms = spent.pop(leg.staff_id, 0) if leg.answered_at and leg.staff_id else 0
    return lines


def save_after_work(call_id: int) -> Call:
    """What the fold would write of after-call work, without the fold. The caller holds the call's lock."""
    call = Call.objects.get(pk=call_id)
    legs = list(call.legs.all())
    before = {leg.pk: leg.wrap_ms for leg in legs}
    lines = _wrap_up(call, legs)
    call.milestones = [line for line in call.milestones if line["kind"] != AFTER_WORK] + lines
    call.save(update_fields=["milestones", "wrap_ms"])
    for leg in legs:
        if leg.wrap_ms != before[leg.pk]:
            leg.save(update_fields=["wrap_ms"])
    return call


def _save_legs(call: Call, legs: list[Leg], saved: Saved, before: list[Leg]) -> None:
    """Update in place, so that what points to a leg goes on doing so."""
    known = {leg.uniqueid: leg for leg in before}
    fresh = []
    for leg in legs:
        old = known.pop(leg.uniqueid, None)
        leg.call = call
        if leg.role == Leg.Role.AGENT and leg.staff_id:
            if leg.offered_at and old is None:
                saved.rang.append(leg)
            if leg.talk_ms or (leg.answered_at and leg.ended_at is None):
                saved.answered += [leg] if old is None or old.answered_at is None else []
        if old is None:
            fresh.append(leg)
        elif changed := {name: value for name in LEG_COLUMNS if (value := getattr(leg, name)) != getattr(old, name)}:
            leg.pk = old.pk
            Leg.objects.filter(pk=old.pk).update(**changed)
            saved.changed = True
    Leg.objects.bulk_create(fresh)
    if known:
        Leg.objects.filter(pk__in=[leg.pk for leg in known.values()]).delete()
    saved.changed |= bool(fresh or known)


def _save_tapes(call: Call, facts: CallFacts, known: set[str]) -> None:
    fresh = [tape for tape in facts.tapes if tape.name not in known]
    Recording.objects.bulk_create(
        [Recording(centre_id=call.centre_id, call=call, name=tape.name, begun_at=tape.begun_at) for tape in fresh],
        ignore_conflicts=True,
    )

