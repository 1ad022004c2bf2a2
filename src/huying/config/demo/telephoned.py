"""Ninety days of calls: who rang when, who sat where, how long it took. Made up, but by the rules of a small exchange:
nobody serves two callers, and every person's states join from signing in to signing out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from huying.calls.catalog import AgentState, Outcome
from huying.calls.models import Block, Call, CalledNumber, Leg, Phone, SeatSession, SeatState, SkillGroup
from huying.calls.operations import blocks
from huying.calls.operations.pool import note_ended
from huying.calls.queries.numbers import hash_of
from huying.citizens.models import Caller
from huying.config.demo.city import City
from huying.config.demo.plan import DAYS, arrivals
from huying.kernel.clock import SHANGHAI
from huying.org.models import Staff
from huying.org.policies import staff_actor

PER_DAY = {"DEMO": 48.0, "OTHER": 4.0}
SHIFTS: dict[str, list[tuple[str, int, int, str]]] = {
    "DEMO": [("agent1", 8, 17, "12345"), ("agent2", 9, 18, "12345"), ("agent3", 8, 17, "1234567"), ("agent4", 12, 21, "1234567"),
             ("agent5", 0, 8, "1234567"), ("agent6", 17, 24, "1234567")],
    "OTHER": [("agent1@OTHER", 8, 18, "1234567")],
}
RATINGS = ((5, 70), (4, 20), (3, 6), (2, 2), (1, 2))
PATIENCE, BREAK_EVERY = 110.0, timedelta(hours=2)
SECOND = timedelta(seconds=1)
NUISANCE = "13907708899"


@dataclass
class Sitting:
    """One person's shift: `free` is when the next call may come, `states` what was done so far, without a gap."""

    session: SeatSession
    until: datetime
    free: datetime
    rested: datetime
    states: list[SeatState] = field(default_factory=list)

    def go(self, state: AgentState, at: datetime, event: str, *, reason: str = "", call: Call | None = None) -> None:
        if self.states:
            self.states[-1].ended_at = at
        self.states.append(SeatState(
            centre_id=self.session.centre_id, session=self.session, staff_id=self.session.staff_id, state=state, reason=reason,
            call=call, begun_at=at, event=event,
        ))

    def leave(self, at: datetime) -> None:
        """Sign out, and drop what lasted no time."""
        self.states[-1].ended_at = at
        self.session.ended_at, self.session.state, self.session.state_since = at, AgentState.OFFLINE, at
        self.states = [row for row in self.states if row.ended_at and row.ended_at > row.begun_at]


class Past:
    """Fills lists of rows, to be written at once."""

    def __init__(self, city: City, dice: Random, now: datetime) -> None:
        self.city, self.dice, self.now, self.centre = city, dice, now, city.centre
        self.number = CalledNumber.objects.get(centre=city.centre, is_outgoing=True)
        self.groups = {group.code: group for group in SkillGroup.objects.filter(centre=city.centre)}
        self.phones = list(Phone.objects.filter(centre=city.centre).order_by("extension"))
        self.callers = {bytes(digest): pk for digest, pk in Caller.objects.filter(centre=city.centre).values_list("phone_hash", "pk")}
        self.sittings: list[Sitting] = []
        self.about: list[Sitting] = []  # shifts that are not over
        self.calls: list[Call] = []
        self.legs: list[Leg] = []

    def run(self, days: int, per_day: float) -> None:
        first = self.now.astimezone(SHANGHAI).date() - timedelta(days=days)
        for day in range(days + 1):
            self.sittings += self.open_shifts(datetime.combine(first + timedelta(days=day), time(), SHANGHAI))
        self.about = self.sittings
        for at in arrivals(self.dice, self.now - timedelta(minutes=20), days, per_day):
            self.ring(at)
        for sitting in self.sittings:
            sitting.leave(min(max(sitting.until, sitting.free), self.now))

    def open_shifts(self, day: datetime) -> Iterator[Sitting]:
        for place, (username, begins, ends, weekdays) in enumerate(SHIFTS[self.centre.code]):
            at = day + timedelta(hours=begins, seconds=self.dice.randint(-280, 60))
            until = day + timedelta(hours=ends, seconds=self.dice.randint(30, 400))
            if str(day.isoweekday()) not in weekdays or at > self.now - timedelta(hours=1) or username not in self.city.staff:
                continue
            session = SeatSession(
                centre=self.centre, staff=self.city.staff[username], phone=self.phones[place % len(self.phones)], started_at=at,
                state_since=at, groups={str(self.groups["general"].pk): 1}, ended_by=self.city.staff[username].name,
            )
            ready = at + self.dice.randint(40, 150) * SECOND
            sitting = Sitting(session, min(until, self.now), ready, ready)
            sitting.go(AgentState.BUSY, at, "sign_in")
            sitting.go(AgentState.READY, ready, "ready")
            yield sitting

    def ring(self, at: datetime) -> None:
        """One call, from the menu to its end."""
        number = NUISANCE if self.dice.random() < 0.004 else f"1390770{self.dice.randrange(8000):04}"
        digest, asked = hash_of(number), at + self.dice.uniform(5, 11) * SECOND
        call = Call(
            centre=self.centre, linkedid=f"demo-{self.centre.code}-{len(self.calls)}", called=self.number.number, number=number,
            number_hash=digest, caller_id=self.callers.get(digest), flow="", entered_at=at, source="demo", ended_by="caller",
            cause=16, cause_text="正常挂断",
        )
        self.calls.append(call)
        if self.dice.random() < 0.05:
            call.ended_at = asked
            call.outcome = self.dice.choice([Outcome.ABANDONED_MENU, Outcome.SELF_SERVICE])
        else:
            call.human_at = call.queued_at = asked
            call.group = self.groups["enterprise" if self.dice.random() < 0.08 else "general"]
            self.wait(call, asked)
        call.milestones = milestones(call)

    def wait(self, call: Call, asked: datetime) -> None:
        patience = asked + self.dice.expovariate(1 / PATIENCE) * SECOND + 3 * SECOND
        self.about = [row for row in self.about if asked < row.until - 2 * SECOND]
        there = [row for row in self.about if row.session.started_at <= asked]
        sitting = min(there, key=lambda row: (max(row.free, asked), row.states[-1].begun_at), default=None)
        offered = max(sitting.free, asked) + 0.4 * SECOND if sitting else patience
        answered = offered + self.dice.uniform(2, 7) * SECOND
        if sitting is None or answered > patience or offered > sitting.until:
            call.ended_at, call.outcome = patience, Outcome.ABANDONED
            return
        self.serve(call, sitting, offered, answered)

    def serve(self, call: Call, sitting: Sitting, offered: datetime, answered: datetime) -> None:
        dice, person = self.dice, sitting.session.staff
        ended = min(answered + min(max(dice.lognormvariate(4.95, 0.6), 12), 1500) * SECOND, self.now - 90 * SECOND)
        ended = max(ended, answered + 5 * SECOND)
        after = ended + dice.uniform(12, 80) * SECOND
        call.offered_at, call.answered_at, call.offers, call.outcome = offered, answered, 1, Outcome.ANSWERED
        call.agent = call.last_agent = person
        call.agent_seat = sitting.session.phone.extension
        call.talk_ms, call.wrap_ms = (round(span.total_seconds() * 1000) for span in (ended - answered, after - ended))
        self.rate(call, ended)
        self.legs.append(Leg(
            centre=self.centre, call=call, uniqueid=f"{call.linkedid}-1", staff=person, extension=sitting.session.phone.extension,
            queue=call.group.queue if call.group else "", offered_at=offered, answered_at=answered, ended_at=ended, result="answered",
            talk_ms=call.talk_ms, wrap_ms=call.wrap_ms, cause=16,
        ))
        sitting.go(AgentState.RINGING, offered, "rings", call=call)
        sitting.go(AgentState.TALKING, answered, "answered", call=call)
        sitting.go(AgentState.WRAP_UP, ended, "hung_up", call=call)
        if after - sitting.rested > BREAK_EVERY:
            reason = "meal" if 11 <= after.astimezone(SHANGHAI).hour < 13 else "break"
            sitting.go(AgentState.BUSY, after, "busy", reason=reason)
            sitting.rested = after = after + dice.uniform(6, 28 if reason == "meal" else 14) * timedelta(minutes=1)
        sitting.go(AgentState.READY, after, "ready")
        sitting.free = after

    def rate(self, call: Call, ended: datetime) -> None:
        """Who hangs up first was not asked, through no fault of anybody."""
        if self.dice.random() < 0.3:
            call.ended_at, call.not_invited = ended, "caller_left"
            return
        call.ended_by, call.invited_at = "agent", ended + 0.3 * SECOND
        call.ended_at = ended + self.dice.uniform(3, 9) * SECOND
        if self.dice.random() < 0.55:
            call.rating = self.dice.choices([key for key, _ in RATINGS], [weight for _, weight in RATINGS])[0]
            call.rated_at = call.ended_at


def milestones(call: Call) -> list[dict[str, Any]]:
    """The call's course, as the fold writes it."""
    queue = call.group.queue if call.group else ""
    found: list[tuple[datetime | None, dict[str, Any]]] = [
        (call.entered_at, {"kind": "entered", "called": call.called}), (call.human_at, {"kind": "human"}),
        (call.queued_at, {"kind": "queued", "queue": queue}), (call.offered_at, {"kind": "offered", "queue": queue}),
        (call.answered_at, {"kind": "answered"}), (call.invited_at, {"kind": "invited", "by": "key"}),
        (call.rated_at, {"kind": "rated", "rating": call.rating}),
        (call.ended_at, {"kind": "ended", "by": call.ended_by, "cause": call.cause, "why": call.cause_text, "outcome": str(call.outcome)}),
    ]
    return [{"at": at.isoformat(timespec="milliseconds"), **line} for at, line in found if at]


def phone_past(city: City, dice: Random, now: datetime, *, days: int = DAYS) -> int:
    """The calls of one centre, unless it has any; how many."""
    if Call.objects.filter(centre=city.centre).exists():
        return 0
    past = Past(city, dice, now)
    past.run(days, PER_DAY[city.centre.code])
    SeatSession.objects.bulk_create([row.session for row in past.sittings], batch_size=1000)
    Call.objects.bulk_create(past.calls, batch_size=1000)
    Leg.objects.bulk_create(past.legs, batch_size=1000)
    SeatState.objects.bulk_create([state for row in past.sittings for state in row.states], batch_size=1000)
    fresh(past.calls, now)
    keep_out(city, past.calls)
    return len(past.calls)


def fresh(calls: Iterable[Call], now: datetime) -> None:
    """What the last day's calls mean for the pool, by the operation itself."""
    for call in calls:
        if call.entered_at > now - timedelta(days=1) and call.outcome in {Outcome.ABANDONED, Outcome.ANSWERED}:
            note_ended(call)


def keep_out(city: City, calls: Iterable[Call]) -> None:
    """A caller who only ever abuses people, named by the shift leader; the director has not decided yet."""
    digest = hash_of(NUISANCE)
    found = [call for call in calls if bytes(call.number_hash) == digest][-5:]
    leader: Staff | None = city.staff.get("leader1")
    if leader is None or not found or Block.objects.filter(centre=city.centre).exists():
        return
    blocks.nominate(
        actor=staff_actor(leader), centre=city.centre, number=NUISANCE, days=30, evidence=found,
        reason="多次来电辱骂话务员，不说明诉求，占用线路，劝导无效。",
    )
