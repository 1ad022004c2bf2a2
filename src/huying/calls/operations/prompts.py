"""What the switch says, written or recorded; callers hear it from the next call on (R204)."""

from django.db import transaction

from huying.calls.models import Prompt, PromptSound
from huying.calls.operations.rows import MANAGE, StillUsed, save_row
from huying.calls.operations.tell import config_changed
from huying.calls.queries.flows import uses_of
from huying.calls.rules.recorded import Recorded
from huying.kernel import clock
from huying.org.operations.history import record
from huying.org.policies import Actor


@transaction.atomic
def save_prompt(*, actor: Actor, row: Prompt, sound: Recorded | None = None) -> Prompt:
    """`sound`: a recording just uploaded; without one a recorded prompt keeps what it has. Raises NotAllowed, TakenName."""
    row.changed_at = clock.now()
    if sound is not None:
        row.digest, row.duration_ms = sound.digest, sound.duration_ms
    save_row(actor=actor, row=row)
    if sound is not None:
        PromptSound.objects.update_or_create(prompt=row, defaults={"centre_id": row.centre_id, "data": sound.wav})
        record(row.centre_id, "prompt.upload", actor, id=row.pk, name=row.name, digest=sound.digest, duration_ms=sound.duration_ms)
        config_changed()
    return row


@transaction.atomic
def delete_prompt(*, actor: Actor, row: Prompt) -> None:
    """Raises StillUsed while it is heard anywhere."""
    actor.must(MANAGE)
    if used := uses_of([row])[row.pk]:
        raise StillUsed(f"还在使用，不能删除：{'、'.join(used[:5])}")
    record(row.centre_id, "prompt.delete", actor, id=row.pk, name=row.name)
    row.delete()
    config_changed()
