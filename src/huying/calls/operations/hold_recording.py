"""Keep a recording beyond its time, as evidence, and let it go again (R217)."""

from django.db import transaction

from huying.calls.models import Recording
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.operations.history import record
from huying.org.policies import Actor


class NothingToHold(Refusal):
    code = "nothing_to_hold"
    message = "录音已到期清除或没有封存，不能改变保存期限"


@transaction.atomic
def hold_recording(*, actor: Actor, recording: Recording, on: bool, reason: str) -> Recording:
    """Both ways are in the centre's history with their reason; twice the same is once. Raises NotAllowed, NothingToHold."""
    actor.must("calls.download")
    row = Recording.objects.select_for_update().get(pk=recording.pk)
    if row.state != Recording.State.SEALED:
        raise NothingToHold
    if bool(row.held_at) == on:
        return row
    row.held_at, row.held_why, row.held_by = (clock.now(), reason[:300], actor.staff) if on else (None, "", None)
    row.save(update_fields=["held_at", "held_why", "held_by"])
    kind = "recording.hold" if on else "recording.release"
    record(row.centre_id, kind, actor, reason=reason[:300], recording=row.pk, call=row.call_id)
    return row
