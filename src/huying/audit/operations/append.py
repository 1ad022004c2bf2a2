"""Add one event to one chain."""

from datetime import datetime
from typing import Any, Protocol

from huying.audit.models import Chained, Event
from huying.audit.queries import quick
from huying.kernel import clock, hashchain

ANCHOR_LOCK = 0x6875_7969


class Who(Protocol):
    """The part of `org.policies.Actor` that history keeps."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def staff_id(self) -> int | None: ...
    @property
    def unit_id(self) -> int | None: ...
    @property
    def ip(self) -> str | None: ...
    @property
    def request_id(self) -> str: ...


def hold_anchor_lock() -> None:
    """Shared until commit: an anchor waits for every event that is being written, so none slips in below it."""
    quick("SELECT pg_advisory_xact_lock_shared(%s)", [ANCHOR_LOCK])


def append(
    thing: Chained, *, stream: str, kind: str, actor: Who, centre_id: int, before: str = "", after: str = "",
    reason: str = "", data: dict[str, Any] | None = None, at: datetime | None = None,
) -> Event:
    """Append to the chain of `thing`, whose row the caller holds locked and saves afterwards.

    Sets `event_seq` and `event_head` on `thing`; the caller must save these two fields in the same transaction.
    """
    hold_anchor_lock()
    event = compose(
        thing, stream=stream, kind=kind, actor=actor, centre_id=centre_id, before=before, after=after, reason=reason,
        data=data, at=at,
    )
    event.save(force_insert=True)
    return event


def compose(
    thing: Chained, *, stream: str, kind: str, actor: Who, centre_id: int, before: str = "", after: str = "",
    reason: str = "", data: dict[str, Any] | None = None, at: datetime | None = None,
) -> Event:
    """The next event of the chain of `thing`, not saved: for those who hold the anchor lock and write many rows at once.

    Sets `event_seq` and `event_head` on `thing` like `append`.
    """
    event = Event(
        stream=stream, stream_id=thing.pk, seq=thing.event_seq + 1, kind=kind, at=at or clock.now(),
        centre_id=centre_id, unit_id=actor.unit_id, actor_kind=actor.kind, actor_id=actor.staff_id,
        actor_name=actor.name, before=before, after=after, reason=reason, data=data or {},
        request_id=actor.request_id, prev=bytes(thing.event_head),
    )
    event.hash = hashchain.link(bytes(event.prev), event.record())
    thing.event_seq, thing.event_head = event.seq, event.hash
    return event
