"""Setting passwords: by the person, and by whoever manages the account (then random, shown once)."""

import secrets
import string

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from huying.kernel.errors import Refusal
from huying.org.models import Staff
from huying.org.operations.history import record
from huying.org.operations.sessions import end_sessions_of
from huying.org.policies import Actor

LETTERS = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))
SIGNS = "-+=%@"


class WrongPassword(Refusal):
    code = "wrong_password"
    message = "原密码不正确"

    def __init__(self) -> None:
        super().__init__(fields={"old": self.message})


class WeakPassword(Refusal):
    code = "weak_password"
    message = "新密码不合要求"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(fields={"new": "；".join(reasons)})


def change_password(staff: Staff, *, old: str, new: str, keep_session: str = "") -> None:
    """The person's own change; every other session of the account ends. Raises WrongPassword, WeakPassword."""
    if not staff.check_password(old):
        raise WrongPassword
    if old == new:
        raise WeakPassword(["新密码不能与原密码相同"])
    try:
        validate_password(new, staff)
    except ValidationError as error:
        raise WeakPassword(list(error.messages)) from error
    with transaction.atomic():
        staff.set_password(new)
        staff.must_change_password = False
        staff.save(update_fields=["password", "must_change_password"])
        end_sessions_of(staff, by="本人修改密码", keep=keep_session)


def reset_password(staff: Staff, actor: Actor) -> str:
    """A random password, to be changed at the next sign-in; returned once, kept nowhere. All sessions end."""
    password = random_password()
    with transaction.atomic():
        staff.set_password(password)
        staff.must_change_password = True
        staff.save(update_fields=["password", "must_change_password"])
        end_sessions_of(staff, by=f"{actor.name}重置密码")
        record(staff.centre_id, "staff.reset_password", actor, staff=staff.pk, username=staff.username)
    return password


def random_password(length: int = 14) -> str:
    """Letters of both cases, digits and a sign, none of them easily mistaken for another."""
    while True:
        word = "".join(secrets.choice(LETTERS) for _ in range(length - 1))
        if any(map(str.isupper, word)) and any(map(str.islower, word)) and any(map(str.isdigit, word)):
            place = secrets.randbelow(length - 2) + 1
            return word[:place] + secrets.choice(SIGNS) + word[place:]
