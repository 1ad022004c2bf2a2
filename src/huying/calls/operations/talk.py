"""Words between people on the floor: messages with read marks, a call for help, the shift log (R212, R222)."""

from django.db import transaction

from huying.calls.models import HelpRequest, SeatSession, ShiftNote, StaffMessage
from huying.calls.operations.tell import tell
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Staff
from huying.org.policies import Actor

LONGEST = 500


class NothingSaid(Refusal):
    code = "nothing_said"
    message = f"请写内容（{LONGEST} 字以内）"


class NoSuchReceiver(Refusal):
    code = "no_such_receiver"
    message = "收信人不在本中心或已停用，请重新选择"


class AlreadyTaken(Refusal):
    code = "already_taken"


def send_message(*, actor: Actor, receiver: Staff | None, text: str) -> StaffMessage:
    """To somebody of the own centre. Raises NothingSaid, NoSuchReceiver."""
    sender, words = actor.staff, said(text)
    assert sender is not None
    if receiver is None or receiver.centre_id != sender.centre_id or not receiver.is_active or receiver.pk == sender.pk:
        raise NoSuchReceiver(fields={"receiver": NoSuchReceiver.message})
    row = StaffMessage.objects.create(centre_id=sender.centre_id, sender=sender, receiver=receiver, text=words, sent_at=clock.now())
    tell("message", sender.centre_id, receiver.pk)
    return row


def read_messages(*, actor: Actor, sender: Staff) -> int:
    """Everything of that sender is read now; how many were new."""
    fresh = StaffMessage.objects.filter(receiver=actor.staff, sender=sender, read_at=None)
    count = fresh.update(read_at=clock.now())
    if count:
        tell("message", sender.centre_id, sender.pk)
    return count


def ask_help(*, actor: Actor, session: SeatSession, note: str = "") -> HelpRequest:
    """One open request per seat: asked again, it is the same one with the newest words, about the call in hand."""
    with transaction.atomic():
        SeatSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
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


def add_note(*, actor: Actor, text: str) -> ShiftNote:
    """A line in the shift log. Raises NothingSaid."""
    assert actor.staff is not None
    row = ShiftNote.objects.create(centre_id=actor.staff.centre_id, at=clock.now(), staff=actor.staff, text=said(text))
    tell("log", actor.staff.centre_id)
    return row


def said(text: str) -> str:
    words = text.strip()
    if not 0 < len(words) <= LONGEST:
        raise NothingSaid(fields={"text": NothingSaid.message})
    return words
