"""Throw away what visitors left lying: drafts nobody finished, codes, counts."""

from datetime import timedelta

from huying.kernel import clock
from huying.portal.models import Attempt, OnlineDraft, PhoneCode
from huying.workorders.models import Attachment

UNFINISHED, FINISHED = timedelta(days=2), timedelta(days=1)


def tidy() -> int:
    """How many rows went. An unfinished draft stays two days, a finished one a day (against late second clicks)."""
    now = clock.now()
    old = OnlineDraft.objects.filter(order=None, updated_at__lt=now - UNFINISHED)
    files = [pk for row in old.values_list("files", flat=True) for pk in row]
    gone = Attachment.objects.filter(pk__in=files, order=None, draft=None).delete()[0]
    gone += old.delete()[0]
    gone += OnlineDraft.objects.exclude(order=None).filter(updated_at__lt=now - FINISHED).delete()[0]
    gone += PhoneCode.objects.filter(created_at__lt=now - timedelta(days=1)).delete()[0]
    return gone + Attempt.objects.filter(at__lt=now - timedelta(days=1)).delete()[0]
