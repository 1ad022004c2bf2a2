"""Words between people on the floor: messages with read marks, the shift log (R212, R222)."""

from huying.calls.models import ShiftNote, StaffMessage
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
