"""Codes by which somebody proves that a phone is his: six digits, five minutes, five tries."""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from huying.citizens.fields import blind_index
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.kernel.phones import normalise_phone
from huying.messaging.catalog import State
from huying.messaging.operations import send
from huying.messaging.operations.send import CODE_EVERY
from huying.org.models import Centre
from huying.portal.models import PhoneCode
from huying.portal.operations.limits import check_limit, count_use

MINUTES, TRIES = 5, 5


class WrongCode(Refusal):
    code = "wrong_code"
    message = "验证码不对"


class NoMessages(Refusal):
    code = "no_messages"
    message = "短信服务暂停，现在收不到验证码。请拨打 12345，由人工为您登记。"


@dataclass(frozen=True, slots=True)
class SentCode:
    """`key` goes into the browser's session; `code` is for the demonstration's page only."""

    key: str
    code: str


def send_code(centre: Centre, phone: str, *, address: str, browser: str) -> SentCode:
    """Send a code to `phone`. Raises NoMobile, TooOften (the phone's own limits), TooMuch, NoMessages.

    `address` is the visitor's network address, `browser` the key of its session ("" before the first).
    """
    number = normalise_phone(phone)
    check_limit("code_address", address, centre)
    check_limit("code_browser", browser, centre)
    code = f"{secrets.randbelow(10**6):06d}"
    now = clock.now()
    with transaction.atomic():
        row = PhoneCode.objects.create(
            key=uuid.uuid4(), centre=centre, phone_hash=blind_index(number, purpose="phone"), digest=_digest(number, code),
            created_at=now, expires_at=now + timedelta(minutes=MINUTES),
        )
        message = send(
            scene="code", centre_id=centre.pk, phone=number, values={"code": code}, subject=("phone_code", row.pk)
        )
        if message.state == State.SKIPPED:
            raise NoMessages
    count_use("code_address", address, centre)
    count_use("code_browser", browser, centre)
    return SentCode(str(row.key), code)


def just_sent(centre: Centre, phone: str, key: str) -> bool:
    """Whether this browser's code for this phone is less than a minute old and can still be used: a second click."""
    row = PhoneCode.objects.filter(key=_uuid(key), centre=centre, used_at=None, tries__lt=TRIES).first()
    same = row is not None and bytes(row.phone_hash) == blind_index(normalise_phone(phone), purpose="phone")
    return same and row is not None and row.created_at > clock.now() - CODE_EVERY


def check_code(centre: Centre, phone: str, code: str, key: str, *, address: str) -> None:
    """Use the code up. Raises WrongCode (wrong, too old, too many tries, none asked for), TooMuch.

    The try is counted before anything is compared, under the row's lock: five tries are five, however many at once.
    """
    check_limit("wrong_address", address, centre)
    number = normalise_phone(phone)
    with transaction.atomic():
        row = PhoneCode.objects.select_for_update().filter(key=_uuid(key), centre=centre).first()
        refusal = _refusal(row, number, code)
    if refusal:
        count_use("wrong_address", address, centre)
        raise refusal


def _refusal(row: PhoneCode | None, number: str, code: str) -> WrongCode | None:
    if row is None or bytes(row.phone_hash) != blind_index(number, purpose="phone"):
        return _wrong("请先点“获取验证码”，再填短信里的 6 位数字")
    if row.used_at or row.expires_at <= clock.now():
        return _wrong(f"验证码已过期（{MINUTES} 分钟内有效），请重新获取")
    if row.tries >= TRIES:
        return _wrong(f"已填错 {TRIES} 次，请重新获取验证码")
    row.tries += 1
    right = hmac.compare_digest(bytes(row.digest), _digest(number, code))
    row.used_at = clock.now() if right else None
    row.save(update_fields=["tries", "used_at"])
    if right:
        return None
    left = TRIES - row.tries
    return _wrong(f"验证码不对，还可以再试 {left} 次" if left else f"已填错 {TRIES} 次，请重新获取验证码")


def _wrong(words: str) -> WrongCode:
    return WrongCode(words, fields={"code": words})


def _digest(number: str, code: str) -> bytes:
    return blind_index(f"{number}:{code}", purpose="portal.phone_code")


def _uuid(key: str) -> uuid.UUID:
    try:
        return uuid.UUID(key)
    except ValueError:
        return uuid.UUID(int=0)
