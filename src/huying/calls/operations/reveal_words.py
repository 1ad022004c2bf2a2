"""Show what a caller said to a step that listens, to one person for one reason, and put that on record (R154, R167, R227)."""

from django.db import transaction

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.calls.models import Call, Utterance
from huying.citizens.operations import ReasonMissing
from huying.org.policies import Actor


@transaction.atomic
def reveal_words(*, actor: Actor, call: Call, utterance: Utterance, reason: str, path: str = "") -> str:
    """The words of one `utterance` of `call`. Raises NotAllowed, ReasonMissing."""
    actor.must("citizens.reveal")
    if len(reason.strip()) < 4:
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    note_access(
        Access.Kind.REVEAL, actor=actor, centre_id=call.centre_id, stream="call", stream_id=call.pk,
        field=f"words:{utterance.pk}", reason=reason.strip()[:500], path=path,
    )
    return utterance.text
