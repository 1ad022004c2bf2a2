"""A shift leader's hand on somebody else's seat: listening, whispering, joining in, ending, forcing a state; all on record (R218)."""

from huying.calls.models import SeatSession, ShiftNote
from huying.calls.operations.commands import ask_switch
from huying.calls.operations.seats import FORCED, force_state
from huying.calls.rules.orders import ORDERS
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.operations.history import record
from huying.org.policies import Actor

ON_CALLS = ("spy", "whisper", "barge", "force_hangup")


class NoSuchHand(Refusal):
    code = "no_such_hand"
    message = "没有这种现场操作"


class ReasonMissing(Refusal):
    code = "reason_missing"
    message = "强制操作请写明原因，坐席会看到"


def supervise(*, actor: Actor, seat: SeatSession, word: str, reason: str = "") -> str:
    """Carry out `word`; the Chinese word of what was done. Raises NotAllowed, NoSuchHand, ReasonMissing, SwitchRefused.

    What cannot be carried out leaves no trace of having been done; whoever was listened to is named in the record.
    """
    actor.must("calls.supervise")
    if word.startswith("force") and len(reason.strip()) < 2:
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    if word in FORCED:
        force_state(actor, seat, word, reason.strip())
        return FORCED[word]
    if word not in ON_CALLS:
        raise NoSuchHand
    ask_switch(actor=actor, kind=word, about={"seat": seat.pk}, request_id=actor.request_id)
    label = ORDERS[word].label
    record(seat.centre_id, f"seat.{word}", actor, reason=reason.strip(), staff=seat.staff_id, session=seat.pk, call=seat.call_id)
    words = f"{actor.name}对{seat.staff.name}执行{label}" + (f"：{reason.strip()}" if reason.strip() else "")
    ShiftNote.objects.create(centre_id=seat.centre_id, at=clock.now(), staff=actor.staff, kind=word, text=words[:500])
    return label
