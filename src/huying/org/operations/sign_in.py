"""From a user name and a password to a signed-in session.

Between the password and the second factor the session only knows who is trying (`PENDING`); it is signed in after the
last step. Its key changes at every step, so a key planted in a browser beforehand opens nothing.
"""

from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db.models import Max, Sum
from django.http import HttpRequest
from django_otp import login as remember_device

from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Staff
from huying.org.operations.history import record
from huying.org.operations.sessions import end_session, open_session
from huying.org.policies import Actor, staff_actor

PENDING = "sign_in_pending"
SEEN = "seen"
PENDING_SECONDS = 600
BACKEND = "django.contrib.auth.backends.ModelBackend"


class WrongCredentials(Refusal):
    """`left`: how many tries remain before the account is locked."""

    code = "wrong_credentials"

    def __init__(self, left: int) -> None:
        self.left = left
        hint = f"，再错 {left} 次将锁定一段时间" if left <= 3 else ""
        super().__init__(f"用户名或密码不正确，或者账号已停用{hint}")


class LockedOut(Refusal):
    """`wait`: how long until the account may try again."""

    code = "locked_out"

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__("登录失败次数过多，账号已暂时锁定")


def check_credentials(request: HttpRequest, *, username: str, password: str) -> Staff:
    """The person with this name and password. Raises LockedOut, WrongCredentials (the same for every reason)."""
    if not AxesProxyHandler.is_allowed(request, {"username": username}):
        raise LockedOut(locked_for(username) or timedelta(minutes=1))
    found = authenticate(request, username=username, password=password)
    if isinstance(found, Staff) and found.centre.is_active:
        return found
    if getattr(request, "axes_locked_out", False):
        raise LockedOut(locked_for(username) or timedelta(minutes=1))
    failures = AxesProxyHandler.get_failures(request, {"username": username})
    raise WrongCredentials(max(0, settings.AXES_FAILURE_LIMIT - failures))


def begin(request: HttpRequest, staff: Staff, *, then: str) -> None:
    """The password was right; `then` is where to go after the last step."""
    request.session.cycle_key()
    request.session[PENDING] = {
        "staff": staff.pk, "password": staff.get_session_auth_hash(), "at": clock.now().timestamp(), "then": then,
    }


def pending(request: HttpRequest) -> tuple[Staff, str] | None:
    """Who is between password and second factor in this browser, and where to; None when nobody, or for too long."""
    kept: dict[str, Any] | None = request.session.get(PENDING)
    if not kept or clock.now().timestamp() - kept["at"] > PENDING_SECONDS:
        return None
    staff = Staff.objects.filter(pk=kept["staff"], is_active=True).select_related("centre").first()
    if staff is None or staff.get_session_auth_hash() != kept["password"]:
        return None
    return staff, kept["then"]


def finish(request: HttpRequest, staff: Staff, device: Any = None) -> None:
    """Sign in for good: a new session key, a row of its own, the forgotten failures."""
    request.session.pop(PENDING, None)
    login(request, staff, backend=BACKEND)
    if device is not None:
        remember_device(request, device)
    request.session[SEEN] = clock.now().timestamp()
    request.session.save()
    key = request.session.session_key or ""
    open_session(staff, key=key, ip=request.META.get("REMOTE_ADDR"), agent=request.headers.get("User-Agent", ""))


def sign_out(request: HttpRequest) -> None:
    user = request.user
    if isinstance(user, Staff):
        key = request.session.session_key
        for row in user.sign_ins.filter(session_key=key, ended_at=None):
            end_session(row, staff_actor(user))
    logout(request)


def locked_for(username: str) -> timedelta | None:
    """How long this account stays locked; None when it is not."""
    cool_off: timedelta = get_cool_off(None)
    recent = AccessAttempt.objects.filter(username=username, attempt_time__gt=clock.now() - cool_off)
    sums = recent.aggregate(count=Sum("failures_since_start"), last=Max("attempt_time"))
    if (sums["count"] or 0) < settings.AXES_FAILURE_LIMIT:
        return None
    last: datetime = sums["last"]
    return last + cool_off - clock.now()


def unlock(staff: Staff, actor: Actor) -> None:
    """Forget the failures of an account."""
    reset(username=staff.username)
    record(staff.centre_id, "staff.unlock", actor, staff=staff.pk, username=staff.username)
