"""Messages of one thing, and those a person may look through."""

from django.db.models import QuerySet

from huying.messaging.models import Message
from huying.org.policies import Actor


def messages_of(subject: tuple[str, int]) -> QuerySet[Message]:
    """Every message about `subject` ("order", id), oldest first: for the order's time line.

    Whether the person may see that order is the caller's to decide. Show `scene_label`, `masked_phone`, `shown_text`,
    `state_label`, `tone`, `created_at`, `reason`.
    """
    stream, key = subject
    return Message.objects.filter(subject_stream=stream, subject_id=key).select_related("sent_by").order_by("id")


def messages_seen_by(actor: Actor) -> QuerySet[Message]:
    """The messages of the person's own centre and those below it."""
    if actor.staff is None or actor.unit_id or not actor.may("messaging.view"):
        return Message.objects.none()
    return Message.objects.filter(centre__path__startswith=actor.staff.centre.path)
