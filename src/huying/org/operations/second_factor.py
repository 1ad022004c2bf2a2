"""The second factor: a time-based code (TOTP, RFC 6238) of an app on the person's phone."""

from datetime import UTC, datetime

from django.db import transaction
from django_otp import verify_token

from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Authenticator, Staff
from huying.org.operations.history import record
from huying.org.operations.sessions import end_sessions_of
from huying.org.policies import Actor


class WrongCode(Refusal):
    code = "wrong_code"
    message = "验证码不正确"

    def __init__(self, words: str) -> None:
        super().__init__(fields={"code": words})


def device_of(staff: Staff) -> Authenticator | None:
    """The enrolled device, None when there is none."""
    return Authenticator.objects.filter(user=staff, confirmed=True).first()


def device_to_enrol(staff: Staff) -> Authenticator:
    """The device waiting to be confirmed; the same one until it is, so that a reloaded page shows the same picture."""
    waiting = Authenticator.objects.filter(user=staff, confirmed=False).first()
    return waiting or Authenticator.objects.create(user=staff, name="手机验证器", confirmed=False)


def check_code(staff: Staff, device: Authenticator, code: str) -> Authenticator:
    """The device, once it has accepted `code`. Raises WrongCode; after each failure the next try must wait longer."""
    allowed, why = device.verify_is_allowed()
    if not allowed:
        until: datetime = why["locked_until"]
        seconds = max(1, int((until.astimezone(UTC) - clock.now()).total_seconds()) + 1)
        raise WrongCode(f"连续输错，请等 {seconds} 秒后再输入新的验证码")
    verified: Authenticator | None = verify_token(staff, device.persistent_id, code)
    if verified is None:
        raise WrongCode("验证码不正确或已用过，请输入手机上最新的 6 位数字；一直不对请核对手机时间是否准确")
    return verified


def enrol(staff: Staff, code: str) -> Authenticator:
    """Confirm the waiting device; an older one is given up. Raises WrongCode."""
    device = check_code(staff, device_to_enrol(staff), code)
    with transaction.atomic():
        Authenticator.objects.filter(user=staff, confirmed=True).exclude(pk=device.pk).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
    return device


def reset_second_factor(staff: Staff, actor: Actor) -> None:
    """For a lost phone: the person enrols anew at the next sign-in (if it is demanded). All sessions end."""
    with transaction.atomic():
        Authenticator.objects.filter(user=staff).delete()
        end_sessions_of(staff, by=f"{actor.name}重置二次验证")
        record(staff.centre_id, "staff.reset_second_factor", actor, staff=staff.pk, username=staff.username)
