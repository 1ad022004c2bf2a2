"""What the fold makes: plain values, moments cut to whole milliseconds, durations in milliseconds."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huying.calls.catalog import Outcome

FOLD_VERSION = 1
"""Rows folded by an older version are folded anew by `huying calls reconcile`."""


@dataclass(frozen=True, slots=True)
class LegFacts:
    """One telephone or outside line that took part, or was rung; fields as in `models.Leg`."""

    uniqueid: str
    channel: str
    role: str
    extension: str
    number: str
    desk: str
    queue: str
    offered_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    result: str
    talk_ms: int
    cause: int


@dataclass(frozen=True, slots=True)
class Taped:
    """A recording that was begun: the file's name in the switch's spool."""

    name: str
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Fields as in `models.Call`; people stand here as extensions, groups as names of queues."""

    linkedid: str
    direction: str
    called: str
    number: str
    trunk: str
    flow: str
    queue: str
    agent: str
    last_agent: str
    last_answered_at: datetime | None
    entered_at: datetime
    human_at: datetime | None
    queued_at: datetime | None
    offered_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome
    ended_by: str
    cause: int
    cause_text: str
    talk_ms: int
    hold_ms: int
    offers: int
    transfers: int
    conferences: int
    invited_at: datetime | None
    rating: int | None
    rated_at: datetime | None
    not_invited: str
    was_listed: bool
    own_phone: str = ""  # extension of the telephone that a caller from outside stood for: only the demonstration has one
    legs: tuple[LegFacts, ...] = ()
    tapes: tuple[Taped, ...] = ()
    milestones: tuple[dict[str, Any], ...] = field(default=())
