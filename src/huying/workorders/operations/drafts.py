"""What somebody is still typing, kept as typed; a browser that crashes loses nothing (R220).

One row per open form, found by the form's own key, so that two windows never write over each other. Names, phones and
the last part of addresses lie encrypted, as they do in an order.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.fields import blob_of
from huying.org.policies import Actor
from huying.workorders.models import Draft, IdempotencyKey
from huying.workorders.queries.refusals import NoSuchOrder

SECRET = ("phone", "name", "address", "id_number")
LONGEST = 100_000
MOST = 200

Typed = dict[str, list[str]]
"""Field name -> its values, in the order of the form."""


class DraftTooLarge(Refusal):
    code = "draft_too_large"
    message = "内容过长，草稿没有暂存，请精简后再试"


class TooManyDrafts(Refusal):
    code = "too_many_drafts"
    message = f"草稿已有 {MOST} 份，请先处理或删除不用的"


class DraftSpent(Refusal):
    """The form has become an order already; `number` says which."""

    code = "draft_spent"
    message = "这份登记已经提交"

    def __init__(self, number: str) -> None:
        super().__init__(f"这份登记已经提交为工单 {number}")
        self.number = number


def once_key(key: UUID) -> str:
    """The idempotency key under which a form's one effect is written."""
    return f"intake:{key}"


def spent_on(actor: Actor, key: UUID) -> str:
    """The number of the order that came of this person's form; "" while nothing has."""
    found = IdempotencyKey.objects.filter(staff=actor.staff, key=once_key(key)).values_list("number", flat=True)
    return found.first() or ""


def save_draft(*, actor: Actor, key: UUID, typed: Mapping[str, list[str]]) -> Draft:
    """Keep what has been typed under `key`. Raises NoSuchOrder for another's key, DraftSpent, DraftTooLarge."""
    if actor.staff is None:
        raise NoSuchOrder
    if number := spent_on(actor, key):
        raise DraftSpent(number)
    plain, secret = _parts(typed)
    draft = own_draft(actor, key) or _new(actor, key)
    draft.data, draft.secret, draft.updated_at = plain, seal(key, secret), clock.now()
    Draft.objects.filter(pk=draft.pk).update(data=draft.data, secret=draft.secret, updated_at=draft.updated_at)
    return draft


def begin_draft(actor: Actor, key: UUID, typed: Mapping[str, list[str]]) -> None:
    """Keep what is known of a form not opened yet; one that is there, or has become an order, stays as it is.

    However many drafts lie about: a citizen on the line does not wait for them to be tidied up."""
    if actor.staff is None or spent_on(actor, key):
        return
    plain, secret = _parts(typed)
    draft = Draft(key=key, staff=actor.staff, centre_id=actor.staff.centre_id, data=plain, secret=seal(key, secret))
    Draft.objects.bulk_create([draft], ignore_conflicts=True)


def _parts(typed: Mapping[str, list[str]]) -> tuple[Typed, Typed]:
    """What is kept as it is, and what is kept encrypted. Raises DraftTooLarge."""
    plain = {name: values for name, values in typed.items() if name not in SECRET}
    secret = {name: values for name, values in typed.items() if name in SECRET and any(values)}
    if len(json.dumps([plain, secret])) > LONGEST:
        raise DraftTooLarge
    return plain, secret


def _new(actor: Actor, key: UUID) -> Draft:
    assert actor.staff is not None
    if Draft.objects.filter(staff=actor.staff).count() >= MOST:
        raise TooManyDrafts
    try:
        with transaction.atomic():
            return Draft.objects.create(key=key, staff=actor.staff, centre_id=actor.staff.centre_id)
    except IntegrityError:  # two saves of the first letters at once, or another person's key
        found = own_draft(actor, key)
        if found is None:
            raise NoSuchOrder from None
        return found


def own_draft(actor: Actor, key: UUID) -> Draft | None:
    """The person's draft of that key, if there is one."""
    return Draft.objects.filter(key=key, staff=actor.staff).first()


def typed_in(draft: Draft) -> Typed:
    """What was typed, contact included: for the one who typed it."""
    return {**draft.data, **unseal(draft.key, bytes(draft.secret))}


def seal(key: UUID, secret: Mapping[str, Any]) -> bytes:
    return blob_of(Draft, "secret").seal(key, json.dumps(secret)) if secret else b""


def unseal(key: UUID, blob: bytes) -> Typed:
    found: Typed = json.loads(blob_of(Draft, "secret").unseal(key, blob)) if blob else {}
    return found


def drop_draft(*, actor: Actor, key: UUID) -> None:
    """Throw a draft of one's own away, with the files attached to it. Raises NoSuchOrder."""
    draft = own_draft(actor, key)
    if draft is None:
        raise NoSuchOrder
    draft.delete()
