"""A small telephone exchange for the cast: a trunk, a number, groups, telephones, somebody who answers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cast import Cast
from huying.calls.catalog import AgentState, Outcome
from huying.calls.models import Call, CalledNumber, Phone, PhoneSetting, SeatSession, Skill, SkillGroup, Trunk
from huying.citizens.fields import blind_index
from huying.kernel import clock
from huying.kernel.phones import normalise_phone
from huying.org.models import Centre

CALLER = "13907701234"


def hash_of(number: str) -> bytes:
    return blind_index(normalise_phone(number), purpose="phone")


@dataclass
class Exchange:
    """`groups` by code, of DEMO."""

    cast: Cast
    groups: dict[str, SkillGroup] = field(default_factory=dict)
    number: CalledNumber = None  # type: ignore[assignment]

    @property
    def centre(self) -> Centre:
        return self.cast.demo

    def sit(self, username: str, extension: str = "8001", state: AgentState = AgentState.READY) -> SeatSession:
        """Somebody signed in at a telephone."""
        now = clock.now()
        return SeatSession.objects.create(
            centre=self.centre, staff=self.cast.staff[username], phone=Phone.objects.get(extension=extension), state=state,
            state_since=now, started_at=now,
        )

    def call(self, *, number: str = CALLER, ago: timedelta = timedelta(minutes=5), agent: str = "", **more: Any) -> Call:
        """A call that came in `ago`, answered by `agent` when one is named."""
        at: datetime = clock.now() - ago
        values = {
            "centre": self.centre, "linkedid": uuid4().hex, "called": self.number.number, "number": number,
            "number_hash": hash_of(number), "group": self.groups["general"], "entered_at": at, "queued_at": at,
            "ended_at": at + timedelta(minutes=2),
            "outcome": Outcome.ANSWERED if agent else Outcome.ABANDONED,
        }
        if agent:
            values |= {"agent": self.cast.staff[agent], "answered_at": at + timedelta(seconds=6)}
        return Call.objects.create(**{**values, **more})


def build(cast: Cast) -> Exchange:
    found = Exchange(cast)
    Trunk.objects.create(
        centre=cast.demo, name="carrier", match=["127.0.0.1"], contact="127.0.0.1:15090", codecs=["alaw", "ulaw"], lines=60
    )
    PhoneSetting.objects.create(centre=cast.demo)
    for code, name in (("general", "综合"), ("enterprise", "企业专席")):
        found.groups[code] = SkillGroup.objects.create(centre=cast.demo, code=code, name=name)
    found.number = CalledNumber.objects.create(
        centre=cast.demo, number="12345", name="12345 热线", group=found.groups["general"], is_outgoing=True
    )
    for extension in ("8001", "8002", "8003"):
        Phone.objects.create(centre=cast.demo, extension=extension, password="quite-secret-42")
    for username in ("agent1", "agent2"):
        Skill.objects.create(centre=cast.demo, staff=cast.staff[username], group=found.groups["general"])
    return found
