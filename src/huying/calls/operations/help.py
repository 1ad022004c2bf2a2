"""An agent asks the shift leader for help; a leader comes, or the call ends before (R212)."""

from datetime import datetime

from django.db import transaction

from huying.calls.models import HelpRequest, SeatSession, ShiftNote
from huying.calls.operations.tell import tell
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.policies import Actor


class AlreadyTaken(Refusal):
    code = "already_taken"


def ask_help(*, actor: Actor, session: SeatSession, note: str = "") -> HelpRequest:
    """One open request per seat: asked again, it is the same one with the newest words, about the call in hand."""
    with transaction.atomic():
        session = SeatSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
        row, made = HelpRequest.objects.get_or_create(
            session=session, done_at=None,
            defaults={"centre_id": session.centre_id, "call_id": session.call_id, "note": note.strip()[:200], "asked_at": clock.now()},
        )
        if not made:
            row.note, row.call_id = note.strip()[:200] or row.note, session.call_id
            row.save(update_fields=["note", "call"])
        tell("help", session.centre_id, session.staff_id, session.call_id)
    return row


def answer_help(*, actor: Actor, pk: int, done: bool) -> HelpRequest:
    """A leader comes (`done` false), or it is settled. Whoever is second is told who came. Raises NotAllowed, AlreadyTaken."""
    actor.must("calls.supervise")
    with transaction.atomic():
        row = HelpRequest.objects.select_for_update(of=("self",)).select_related("session__staff", "taken_by").get(pk=pk)
        if row.done_at and row.taken_by is None:
            raise AlreadyTaken("这次通话已经结束，求助已随之结束")
        if row.done_at or (row.taken_by_id and row.taken_by_id != actor.staff_id):
            who = row.taken_by.name if row.taken_by else "他人"
            raise AlreadyTaken(f"{who}已经处理这个求助")
        if row.taken_at is None:
            row.taken_by, row.taken_at = actor.staff, clock.now()
        if done:
            row.done_at = clock.now()
            ShiftNote.objects.create(
                centre_id=row.centre_id, at=clock.now(), staff=actor.staff, kind="help",
                text=f"{row.session.staff.name}求助（{row.note or '未写说明'}），{actor.name}已处理",
            )
        row.save()
        tell("help", row.centre_id, row.session.staff_id, row.call_id)
    return row


def end_help(session: SeatSession, at: datetime) -> None:
    """The call is over, or no longer this seat's: who asked needs nobody now. In the shift log if nobody came."""
    for row in HelpRequest.objects.select_for_update(of=("self",)).filter(session=session, done_at=None):
        row.done_at = max(at, row.asked_at)
        row.save(update_fields=["done_at"])
        if row.taken_by_id is None:
            ShiftNote.objects.create(
                centre_id=row.centre_id, at=clock.now(), kind="help",
                text=f"{session.staff.name}求助（{row.note or '未写说明'}），通话结束时还没有人处理",
            )
        tell("help", row.centre_id, session.staff_id, row.call_id)
