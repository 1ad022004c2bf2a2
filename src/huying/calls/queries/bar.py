"""What the phone bar shows of one person's seat (R209-R215)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar, Protocol

from django.conf import settings

from huying.calls.catalog import BUSY_REASONS, NOT_CHOSEN, AgentState
from huying.calls.models import Call, Command, HelpRequest, Leg, OtherDesk, Phone, PhoneSetting, SeatSession, SkillGroup
from huying.calls.queries.dials import LISTENS_WITHIN, dial_behind, said_of
from huying.calls.queries.seats import open_seats, seat_of
from huying.calls.queries.switch import gateway_lives
from huying.calls.queries.talk import unread_count
from huying.calls.rules.orders import LISTENS, ORDERS
from huying.citizens.models import Caller
from huying.kernel import clock
from huying.org.policies import Actor

BY_HAND: Mapping[str, str] = {Phone.Answering.HAND: "请拿起话机接听", Phone.Answering.AUTO: "话机自动接听，请戴好耳机"}
CALLS_FOR = timedelta(seconds=30)
BEGINS_WITHIN = timedelta(seconds=4)
CALLING = ("consult", "conference", "cancel")
TOLD_FOR = timedelta(seconds=60)
"""How long somebody called into the talk is rung, and until when it is said what came of it."""
Pop = Callable[[Actor, Call], str]
_pops: list[Pop] = []


def register_pop(pop: Pop) -> None:
    """Enter where a call's form is opened; for the room above that has it, from its `AppConfig.ready()`."""
    _pops[:] = [pop]


class Card(Protocol):
    """Who is calling; drawn by `template`, which calls it `caller`."""

    template: ClassVar[str]


CardOf = Callable[[Actor, Call], Card | None]
_cards: list[CardOf] = []


def register_card(card: CardOf) -> None:
    """Enter what is known of a caller before anybody answers; for the room above that has orders."""
    _cards[:] = [card]


@dataclass
class Bar:
    """`held`, `consulting`, `together` say how the call in hand stands; lists are looked up when they are drawn."""

    actor: Actor
    session: SeatSession | None
    refusal: str = ""
    typed: dict[str, str] = field(default_factory=dict)

    @cached_property
    def is_up(self) -> bool:
        return gateway_lives()

    @property
    def state(self) -> str:
        return str(self.session.state) if self.session else str(AgentState.OFFLINE)

    @property
    def call(self) -> Call | None:
        return self.session.call if self.session else None

    @property
    def in_call(self) -> bool:
        return self.state == AgentState.TALKING

    @property
    def tone(self) -> str:
        return {"ready": "green", "busy": "amber", "ringing": "blue", "talking": "blue", "wrap_up": "amber"}.get(self.state, "")

    @property
    def since(self) -> datetime | None:
        return self.session.state_since if self.session else None

    @cached_property
    def most_seconds(self) -> int:
        """After how long the clock turns red: the limit of after-call work, the reminder of a short break."""
        if self.session is None or self.state not in {AgentState.WRAP_UP, AgentState.BUSY}:
            return 0
        row = PhoneSetting.objects.filter(centre_id=self.session.centre_id).first() or PhoneSetting()
        if self.state == AgentState.WRAP_UP:
            return row.wrap_seconds
        return row.break_minutes * 60 if self.session.reason == "break" else 0

    @cached_property
    def caller(self) -> Caller | None:
        return self.call.caller if self.call else None

    @cached_property
    def steps(self) -> list[str]:
        return [str(each.get("kind", "")) for each in self.call.milestones] if self.call else []

    def _last(self, *kinds: str) -> str:
        return next((kind for kind in reversed(self.steps) if kind in kinds), "")

    @property
    def held(self) -> bool:
        return self._last("held", "retrieved") == "held"

    @property
    def by_hand(self) -> str:
        """What to do when it rings at a telephone that has to be answered there; "" where the bar has a key for it."""
        return BY_HAND.get(self.session.phone.answers, "") if self.session else ""

    @property
    def reasons(self) -> list[tuple[str, str]]:
        return [(code, label) for code, label in BUSY_REASONS.items() if code not in NOT_CHOSEN]

    @cached_property
    def colleagues(self) -> list[SeatSession]:
        """Others signed in at this centre, whom a call may be passed to; the ready ones first."""
        if self.session is None:
            return []
        rows = open_seats([self.session.centre_id]).exclude(pk=self.session.pk)
        return sorted(rows, key=lambda row: (row.state != AgentState.READY, row.phone.extension))

    @cached_property
    def groups(self) -> list[tuple[SkillGroup, int]]:
        """Each with how many others in it are ready now."""
        if self.session is None:
            return []
        ready = [seat.groups for seat in open_seats().filter(state=AgentState.READY).exclude(pk=self.session.pk)]
        rows = SkillGroup.objects.filter(centre_id=self.session.centre_id, is_active=True)
        return [(row, sum(str(row.pk) in groups for groups in ready)) for row in rows]

    @cached_property
    def desks(self) -> list[OtherDesk]:
        return list(OtherDesk.objects.filter(centre_id=self.session.centre_id, is_active=True)) if self.session else []

    @cached_property
    def unread(self) -> int:
        return unread_count(self.actor.staff) if self.actor.staff else 0

    @cached_property
    def _legs(self) -> list[Leg]:
        """Who takes part in the call in hand, or is rung for it, now."""
        rows = Leg.objects.filter(call=self.call, ended_at=None) if self.call else Leg.objects.none()
        return list(rows.select_related("staff"))

    @property
    def _consulted(self) -> list[Leg]:
        """Who is asked for advice on it."""
        return [leg for leg in self._legs if leg.role == Leg.Role.CONSULT] if self.state != AgentState.WRAP_UP else []

    def _is_own(self, leg: Leg) -> bool:
        return self.session is not None and leg.extension == self.session.phone.extension

    @property
    def is_asked(self) -> bool:
        """Whether this person is the one: the citizen is a colleague's."""
        return any(self._is_own(leg) for leg in self._consulted)

    @property
    def consulting(self) -> bool:
        calls_in = self._wanted is not None and self._wanted.kind == "conference"
        return (bool(self._consulted) and not self.is_asked and not calls_in) or self._begins_to_ask

    @property
    def advice(self) -> str:
        """Whom this person asks, in words."""
        return _named(self._consulted) or (self._called(self._wanted.about) if self._wanted else "")

    @cached_property
    def _wanted(self) -> Command | None:
        """The last word about somebody whom this person asks, or calls into the talk; None when it is long ago."""
        if not self.in_call or self.session is None:
            return None
        rows = Command.objects.filter(session=self.session, call=self.call, kind__in=CALLING, state=Command.State.DONE)
        row = rows.filter(created_at__gte=clock.now() - TOLD_FOR).order_by("-pk").first()
        return row if row and "to" in row.about else None

    @cached_property
    def _rung(self) -> list[Leg]:
        """The telephones that have rung since for it, the latest first."""
        since = self._wanted.created_at if self._wanted else clock.now()
        return list(Leg.objects.filter(call=self.call, offered_at__gt=since).order_by("-offered_at"))

    @cached_property
    def _begins_to_ask(self) -> bool:
        """The switch takes a moment until it rings who is asked."""
        row = self._wanted
        return row is not None and row.kind == "consult" and not self._rung and clock.now() - row.created_at < BEGINS_WITHIN

    @cached_property
    def third(self) -> str:
        """Who was asked or called into the talk and is not there yet, or did not come; "" when nobody was, or when it is long ago."""
        row = self._wanted
        if row is None or self.together or any(leg.answered_at for leg in self._rung):
            return ""
        who, lasted = self._called(row.about), clock.now() - row.created_at
        over = self._given_up(row) or lasted > (CALLS_FOR if self._rung or row.kind == "conference" else BEGINS_WITHIN)
        return f"{who}没有接通" if over else f"正在呼叫 {who}"

    def _given_up(self, row: Command) -> bool:
        """Whether the switch tries no longer. In a group others are rung after one who does not answer."""
        if row.about["to"] != "group":
            return any(leg.ended_at for leg in self._rung)
        told = (each for each in self.call.milestones if each.get("kind") == "asked_in_vain") if self.call else ()
        return any(datetime.fromisoformat(str(each["at"])) > row.created_at for each in told)

    def _called(self, about: Mapping[str, str]) -> str:
        """The target of a command, in words."""
        found = {f"desk:{row.code}": row.name for row in self.desks}
        found |= {f"agent:{row.phone.extension}": row.staff.name for row in self.colleagues}
        found |= {f"group:{row.pk}": row.name for row, _ in self.groups}
        key = about.get("code") or about.get("extension") or about.get("group", "")
        return found.get(f"{about.get('to')}:{key}", "外线号码")

    @property
    def answers_advice(self) -> bool:
        """Whether whoever is asked has answered: nobody can be joined before."""
        return any(leg.answered_at for leg in self._consulted)

    @property
    def together(self) -> str:
        """With whom else the citizen is talked to, in words; "" while there are two."""
        there = [leg for leg in self._legs if leg.answered_at and leg.role != Leg.Role.MONITOR]
        if not self.in_call or not self.call or self.call.direction == Call.Direction.INTERNAL or self._consulted:
            return ""
        return _named([leg for leg in there if not self._is_own(leg)]) if any(self._is_own(leg) for leg in there) else ""

    @cached_property
    def listening(self) -> str:
        """A leader on a colleague's call: what is done there and whose it is; "" for everybody else."""
        if self.session is None or self.state not in {AgentState.RINGING, AgentState.TALKING} or self.session.call_id:
            return ""
        since = self.session.state_since - LISTENS_WITHIN
        rows = Command.objects.filter(staff=self.session.staff_id, kind__in=LISTENS, created_at__gte=since)
        row = rows.exclude(state__in=[Command.State.FAILED, Command.State.EXPIRED]).order_by("-pk").first()
        seat = SeatSession.objects.select_related("staff").filter(pk=row.about.get("seat")).first() if row else None
        return f"{ORDERS[row.kind].label} {seat.staff.name}" if row and seat else ""

    @cached_property
    def dials(self) -> str:
        """Whom the own telephone, which rings for that, will call once it is picked up, in words; else ""."""
        row = dial_behind(self.session) if self.session else None
        return said_of(row, masked=bool(row.about.get("order")), other=self._called(row.about)) if row else ""

    @cached_property
    def help(self) -> HelpRequest | None:
        """What this seat has asked the shift leader for about the call in hand and has not got."""
        if self.session is None or self.call is None:
            return None
        return HelpRequest.objects.filter(session=self.session, call=self.call, done_at=None).select_related("taken_by").first()

    @property
    def ways(self) -> list[tuple[str, str]]:
        return [("consult", "先咨询再转"), ("blind", "直接转接"), ("conference", "三方通话")]

    @cached_property
    def pop_url(self) -> str:
        """The page that opens with this call; the room above enters it."""
        return _pops[0](self.actor, self.call) if _pops and self.call else ""

    @cached_property
    def card(self) -> Card | None:
        """What is shown of the caller while it rings; afterwards the form shows it."""
        rings = self.state == AgentState.RINGING and not self.listening
        return _cards[0](self.actor, self.call) if _cards and rings and self.call and self.call.direction == Call.Direction.IN else None

    @cached_property
    def of_order(self) -> bool:
        """Whether this call out was asked for on an order's page: its person stays there, and the number hidden (R206)."""
        if self.session is None or self.call is None or self.call.direction != Call.Direction.OUT:
            return False
        rows = Command.objects.filter(kind="dial", staff=self.session.staff_id, created_at__gte=self.call.entered_at - TOLD_FOR)
        asked = rows.order_by("-pk").first()
        return asked is not None and bool(asked.about.get("order"))

    @property
    def calls_out(self) -> bool:
        """Whether whoever was dialled has still to answer."""
        return self.in_call and self.call is not None and self.call.direction == Call.Direction.OUT and not self.call.answered_at

    @property
    def has_switch(self) -> bool:
        return bool(getattr(settings, "SWITCH", True))


def _named(legs: list[Leg]) -> str:
    return "、".join(leg.staff.name if leg.staff else leg.desk or leg.extension or "外线" for leg in legs)


def bar_of(actor: Actor, refusal: str = "", typed: dict[str, str] | None = None) -> Bar | None:
    """The bar of somebody who may answer calls."""
    if actor.staff is None:
        return None
    return Bar(actor, seat_of(actor.staff), refusal, typed or {})
