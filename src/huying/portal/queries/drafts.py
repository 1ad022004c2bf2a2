"""What a visitor has typed so far."""

import json
from collections.abc import Mapping
from uuid import UUID

from huying.citizens.fields import key_ring
from huying.kernel import clock
from huying.portal.models import OnlineDraft
from huying.workorders.models import Attachment

Typed = dict[str, str]
_TYPED, _CODE = b"portal_onlinedraft.sealed:", b"portal_onlinedraft.code:"


def seal(key: UUID, typed: Mapping[str, str]) -> bytes:
    return key_ring().encrypt(json.dumps(typed), context=_TYPED + key.bytes)


def typed_in(draft: OnlineDraft | None) -> Typed:
    """Field name -> what stands in it; empty for no draft."""
    if draft is None or not draft.sealed:
        return {}
    found: Typed = json.loads(key_ring().decrypt(bytes(draft.sealed), context=_TYPED + draft.key.bytes))
    return found


def seal_code(key: UUID, code: str) -> bytes:
    return key_ring().encrypt(code, context=_CODE + key.bytes)


def shown_code(draft: OnlineDraft) -> str:
    """The query code, as long as it may still be read off the page."""
    if not draft.code or (draft.code_until and draft.code_until <= clock.now()):
        return ""
    return key_ring().decrypt(bytes(draft.code), context=_CODE + draft.key.bytes)


def draft_files(draft: OnlineDraft | None) -> list[Attachment]:
    """The files taken in for it and not yet part of an order."""
    if draft is None or not draft.files:
        return []
    return list(Attachment.objects.filter(pk__in=draft.files, centre_id=draft.centre_id, order=None))
