"""Show one secret field to one person for one reason, and put that on record (R154, R167)."""

from django.db import transaction

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.citizens.models import Contact
from huying.kernel.errors import Refusal
from huying.org.policies import Actor


class ReasonMissing(Refusal):
    code = "reason_missing"
    message = "请写明查看原因（至少 4 个字），查看会被记录，诉求人可以看到次数"


class NoSuchField(Refusal):
    code = "no_such_field"
    message = "没有这个可查看的字段"


@transaction.atomic
def reveal(*, actor: Actor, contact: Contact, field: str, reason: str, stream: str, stream_id: int) -> str:
    """The plain value of `field`. Raises NotAllowed, NoSuchField or ReasonMissing.

    `stream`, `stream_id` name the order through which the person looks ("order", 17).
    """
    actor.must("citizens.reveal")
    if field not in Contact.SECRET_FIELDS:
        raise NoSuchField
    if len(reason.strip()) < 4:
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    note_access(
        Access.Kind.REVEAL, actor=actor, centre_id=contact.centre_id, stream=stream, stream_id=stream_id,
        field=field, reason=reason.strip()[:500],
    )
    return str(getattr(contact, field))
