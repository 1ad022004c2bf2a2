"""Telephones of seats: made, given to somebody, taken out of use."""

import re
import secrets
import string

from django.db import transaction

from huying.calls.models import Phone
from huying.calls.operations.tell import config_changed
from huying.kernel.errors import Refusal
from huying.org.models import Staff
from huying.org.operations.history import record
from huying.org.policies import Actor

EXTENSION = re.compile(r"[1-9][0-9]{2,7}")
SIGNS = string.ascii_letters + string.digits  # none that means something in the switch's files
PASSWORD_SIGNS = 24


class BadExtension(Refusal):
    code = "bad_extension"
    message = "分机号应为 3 到 8 位数字，不以 0 开头"


class TakenExtension(Refusal):
    code = "taken_extension"
    message = "这个分机号已属于别的中心，请换一个"


def phone_password() -> str:
    """Some 140 random bits; a person types it once, into the telephone."""
    return "".join(secrets.choice(SIGNS) for _ in range(PASSWORD_SIGNS))


@transaction.atomic
def add_phone(
    *, actor: Actor, extension: str, owner: Staff, kind: str, answering: str = "", new_password: bool = False
) -> Phone:
    """The telephone `extension` of the centre of `owner`, made or put right; an existing one keeps its password, and how it
    is answered unless `answering` says so.

    Raises NotAllowed, BadExtension, TakenExtension.
    """
    actor.must("calls.manage")
    if not EXTENSION.fullmatch(extension):
        raise BadExtension
    row = Phone.objects.select_for_update().filter(extension=extension).first()
    if row is not None and row.centre_id != owner.centre_id:
        raise TakenExtension
    made = row is None
    row = row or Phone(centre_id=owner.centre_id, extension=extension)
    row.kind, row.owner, row.is_active = kind, owner, True
    row.answering = answering or row.answering
    if new_password or not row.password:
        row.password = phone_password()
    row.save()
    record(row.centre_id, "phone.add" if made else "phone.edit", actor, extension=extension, phone_kind=kind, owner=owner.pk,
           answering=row.answering)
    config_changed()
    return row


@transaction.atomic
def new_password(*, actor: Actor, row: Phone) -> Phone:
    """The old one stops as soon as the switch is told."""
    actor.must("calls.manage")
    row = Phone.objects.select_for_update().get(pk=row.pk)
    row.password = phone_password()
    row.save(update_fields=["password"])
    record(row.centre_id, "phone.password", actor, extension=row.extension)
    config_changed()
    return row
