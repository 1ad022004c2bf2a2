"""What a visitor has typed so far."""

import json
from collections.abc import Mapping
from uuid import UUID

from huying.kernel import clock
from huying.org.fields import blob_of
from huying.portal.models import OnlineDraft
from huying.workorders.models import Attachment

Typed = dict[str, str]


def seal(key: UUID, typed: Mapping[str, str]) -> bytes:
    return blob_of(OnlineDraft, "sealed").seal(key, json.dumps(typed))


def typed_in(draft: OnlineDraft | None) -> Typed:
    """Field name -> what stands in it; empty for no draft."""
    if draft is None or not draft.sealed:
        return {}
    found: Typed = json.loads(blob_of(OnlineDraft, "sealed").unseal(draft.key, draft.sealed))
    return found


def seal_code(key: UUID, code: str) -> bytes:
    return blob_of(OnlineDraft, "code").seal(key, code)


def shown_code(draft: OnlineDraft) -> str:
    """The query code, as long as it may still be read off the page."""
    if not draft.code or (draft.code_until and draft.code_until <= clock.now()):
        return ""
    return blob_of(OnlineDraft, "code").unseal(draft.key, draft.code)


def draft_files(draft: OnlineDraft | None) -> list[Attachment]:
    """The files taken in for it and not yet part of an order."""
    if draft is None or not draft.files:
        return []
    return list(Attachment.objects.filter(pk__in=draft.files, centre_id=draft.centre_id, order=None))
