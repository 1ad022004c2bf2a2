"""One change of one seat's state: under the session's lock, an interval ended and the next begun at the same instant."""

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from huying.calls.catalog import AgentState
from huying.calls.models import PhoneSetting, SeatSession, SeatState
from huying.calls.operations.after_work import note_after_work
from huying.calls.operations.help import end_help
from huying.calls.operations.tell import tell, tell_of_seat
from huying.calls.workflow import BACK_TO_BEFORE, IN_A_CALL, UNSERVED, WAITS_FOR_THE_END, after
from huying.kernel import clock

log = structlog.get_logger("huying.calls.seats")
FORCED = "forced"
REASONS = {"missed": "missed", "refused": "missed", "phone_lost": "phone"}


def move_seat(
    session_id: int, event: str, *, at: datetime | None = None, reason: str = "", call_id: int | None = None,
    by: str = "", forced: bool = False,
) -> SeatSession | None:
    """What `event` does to a seat; the session as it then is, None when it had ended before.

    `at`: when it happened (now, if not told); what is told late begins no earlier than the state it ends. An event that
    changes nothing leaves everything as it is, and one that has to wait for the end of a call is noted.
    """
    with transaction.atomic(savepoint=False):
        session = _locked(pk=session_id)
        if session is not None:
            _move(session, event, at, reason, call_id, by, forced)
    return session


def move_seat_at(extension: str, event: str, *, at: datetime, call_id: int | None) -> SeatSession | None:
    """`move_seat` of whoever sits at this telephone and sat there at `at`."""
    with transaction.atomic(savepoint=False):
        session = _locked(phone__extension=extension, started_at__lte=at)
        if session is not None:
            _move(session, event, at, "", call_id)
    return session


def _locked(**which: Any) -> SeatSession | None:
    rows = SeatSession.objects.select_for_update(of=("self",)).select_related("staff", "phone")
    return rows.filter(ended_at=None, **which).first()


def _move(
    session: SeatSession, event: str, at: datetime | None, reason: str, call_id: int | None, by: str = "", forced: bool = False
) -> None:
    state = AgentState(session.state)
    if event == "missed" and _stays_ready(session):
        event = "cancelled"
    if event == "force_busy":
        reason = FORCED
    if state in IN_A_CALL and event in WAITS_FOR_THE_END:
        _note_wanted(session, event, reason)
        return
    before, reason_before = _before(session) if event in BACK_TO_BEFORE else (AgentState.READY, "")
    target = after(state, event, wanted=_wanted(session), before=before)
    if target is None or (event == "phone_back" and session.reason != "phone"):
        return
    reason = _reason(session, event, target, reason, reason_before)
    call = _call(session, event, target, call_id)
    if (target, reason, call) != (state, session.reason, session.call_id):
        _change(session, target, event, max(at or clock.now(), session.state_since), reason, call, by, forced)


def begin_state(session: SeatSession, event: str) -> None:
    """Append the interval of the session's present state."""
    SeatState.objects.create(
        centre_id=session.centre_id, session=session, staff_id=session.staff_id, state=session.state,
        reason=session.reason, call_id=session.call_id, begun_at=session.state_since, event=event[:30],
    )


def moved(session: SeatSession, old: AgentState, event: str) -> None:
    """One line in the log, without names or numbers."""
    log.info("seat", session=session.pk, old=str(old), seat_event=event, new=session.state, reason=session.reason)


def _change(
    session: SeatSession, target: AgentState, event: str, at: datetime, reason: str, call: int | None, by: str, forced: bool
) -> None:
    old, worked_on = AgentState(session.state), session.call_id
    SeatState.objects.filter(session=session, ended_at=None).update(ended_at=at)
    session.state, session.state_since, session.reason, session.call_id = target, at, reason, call
    if target not in IN_A_CALL | {AgentState.WRAP_UP}:
        session.next_state = session.next_reason = ""
    if target == AgentState.OFFLINE:
        session.ended_at, session.ended_by = at, by[:60]
    else:
        begin_state(session, f"forced by {by}" if forced else event)
    session.save()
    if (old in IN_A_CALL and target not in IN_A_CALL) or worked_on not in {None, call} or target == AgentState.OFFLINE:
        end_help(session, at)
    if old == AgentState.WRAP_UP:
        note_after_work(worked_on)
    moved(session, old, event)
    tell_of_seat("taken_over" if event == "taken_over" else "seats", session.centre_id, session.staff_id, call, session.pk)


def _note_wanted(session: SeatSession, event: str, reason: str) -> None:
    session.next_state, session.next_reason = event.removeprefix("force_"), reason
    session.save(update_fields=["next_state", "next_reason"])
    tell("seats", session.centre_id, session.staff_id, session.call_id)


def _wanted(session: SeatSession) -> str:
    """The event asked for during the call, as `workflow.after` knows it."""
    return "force_busy" if session.next_reason == FORCED else session.next_state


def _before(session: SeatSession) -> tuple[AgentState, str]:
    """What the person did before the call: the newest interval in which he was ready or busy."""
    if session.state == AgentState.READY:
        return AgentState.READY, session.reason
    rows = session.states.filter(state__in=[AgentState.READY, AgentState.BUSY]).exclude(reason="phone")
    row = rows.order_by("-begun_at", "-id").values_list("state", "reason").first()
    return (AgentState(row[0]), row[1]) if row else (AgentState.BUSY, "")


def _stays_ready(session: SeatSession) -> bool:
    wish = PhoneSetting.objects.filter(centre_id=session.centre_id).values_list("after_missed", flat=True).first()
    return wish == "ready"


def _reason(session: SeatSession, event: str, target: AgentState, reason: str, before: str) -> str:
    """Why busy; "" for every other state."""
    if target != AgentState.BUSY:
        return ""
    if session.next_state == "busy" and event not in {"busy", "force_busy"}:
        return session.next_reason
    if event in UNSERVED:
        return REASONS[event]
    return reason or before


def _call(session: SeatSession, event: str, target: AgentState, call_id: int | None) -> int | None:
    """The call in hand, kept while it rings, is talked and is worked on afterwards."""
    if target in IN_A_CALL or target == AgentState.WRAP_UP:
        return call_id or session.call_id
    return None
