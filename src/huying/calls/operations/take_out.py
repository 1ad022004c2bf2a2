"""A recording given out: whole, marked in its sound and beside it, on record with what for (R154, R221)."""

import structlog
from django.db import transaction

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.calls.models import Recording
from huying.calls.queries.sealed import DamagedRecording, folder, opened, whole
from huying.calls.rules.sound import hidden_in, marked
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor

log = structlog.get_logger("huying.calls.recordings")


@transaction.atomic
def take_out(*, actor: Actor, recording: Recording, reason: str, path: str = "") -> bytes:
    """The whole sound. The number of the entry in the record is hidden in it (`rules.mark`), and stands beside it in words
    with who, when and which call. Raises NotAllowed, DamagedRecording."""
    actor.must("calls.download")
    if not whole(recording):
        log.error("recording_damaged", recording=recording.pk)
        raise DamagedRecording
    entry = note_access(
        Access.Kind.DOWNLOAD, actor=actor, centre_id=recording.centre_id, stream="call", stream_id=recording.call_id,
        field="recording", reason=reason, path=path,
    )
    plain = b"".join(opened(folder() / recording.path, recording.name, recording.size))
    username = actor.staff.username if actor.staff else ""
    words = f"{actor.name} {username} call {recording.call_id} sha256 {recording.digest[:16]} no {entry.pk}"
    return marked(hidden_in(plain, entry.pk), words, entry.at.astimezone(SHANGHAI))
