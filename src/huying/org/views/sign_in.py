"""In and out: user name and password, the second factor, a new password, the way home."""

from datetime import timedelta

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as remember_device

from huying.kernel.errors import Refusal
from huying.org.forms import CodeForm, PasswordForm, SignInForm
from huying.org.models import Authenticator, Staff
from huying.org.operations import second_factor, sessions
from huying.org.operations import sign_in as steps
from huying.org.operations.passwords import change_password
from huying.org.policies import actor_of, needs
from huying.org.queries.page import main_menu
from huying.ui.fields import refuse


@sensitive_post_parameters()
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """First step. `?next=` says where to go afterwards; only an address of this site counts."""
    then = _safe(request, request.POST.get("next") or request.GET.get("next") or "")
    if getattr(request, "actor", None) is not None:
        return HttpResponseRedirect(then or "/")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            staff = steps.check_credentials(request, **form.cleaned_data)
        except steps.LockedOut as refusal:
            return locked_out(request, form.cleaned_data["username"], refusal.wait)
        except Refusal as refusal:
            refuse(form, refusal)
            form.to_password()
        else:
            return _next_step(request, staff, then)
    return render(request, "org/sign_in.html", {"form": form, "next": then})


def locked_out(request: HttpRequest, username: str, wait: timedelta) -> HttpResponse:
    """429 with the time that remains."""
    answer = render(request, "org/locked_out.html", {"username": username, "wait": wait}, status=429)
    answer["Retry-After"] = str(int(wait.total_seconds()))
    return answer


def locked_out_by_axes(request: HttpRequest, *_: object) -> HttpResponse:
    """What django-axes answers with when a failure was one too many (setting AXES_LOCKOUT_CALLABLE)."""
    username = request.POST.get("username", "")
    return locked_out(request, username, steps.locked_for(username) or timedelta(minutes=1))


@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """Second step with an enrolled phone; also for somebody signed in of whom it is demanded since."""
    staff, then = _who(request)
    device = second_factor.device_of(staff) if staff else None
    if staff is None or device is None:
        return redirect("org:enrol" if staff else "org:sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verified = second_factor.check_code(staff, device, form.cleaned_data["code"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return _verified(request, staff, verified, then)
    return render(request, "org/code.html", {"form": form, "staff": staff})


@never_cache
def enrol(request: HttpRequest) -> HttpResponse:
    """Tie a phone to the account: as the second step of signing in, or later by somebody signed in."""
    staff, then = _who(request)
    if staff is None or second_factor.device_of(staff):
        return redirect("org:account" if staff and staff == request.user else "org:sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = second_factor.enrol(staff, form.cleaned_data["code"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "二次验证已启用，以后登录时请打开手机验证器")
            return _verified(request, staff, device, then)
    device = second_factor.device_to_enrol(staff)
    picture = segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=2, dark="#1f2933")
    key = device.shared_key
    groups = " ".join(key[place:place + 4] for place in range(0, len(key), 4))
    return render(request, "org/enrol.html", {"form": form, "staff": staff, "picture": picture, "secret": groups})


def _who(request: HttpRequest) -> tuple[Staff | None, str]:
    """Who is between password and second factor, or signed in, and where to afterwards."""
    if waiting := steps.pending(request):
        return waiting
    return (request.user, "") if isinstance(request.user, Staff) else (None, "")


def _verified(request: HttpRequest, staff: Staff, device: Authenticator, then: str) -> HttpResponse:
    if request.user == staff:
        remember_device(request, device)
        return redirect("org:account")
    steps.finish(request, staff, device)
    return HttpResponseRedirect(then or "/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    steps.sign_out(request)
    return redirect("org:sign-in")


@sensitive_post_parameters()
@never_cache
@needs()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; a person who must is brought here from every page."""
    staff = actor_of(request).staff
    assert staff is not None
    form, forced = PasswordForm(request.POST or None), staff.must_change_password
    if request.method == "POST" and form.is_valid():
        key = request.session.session_key or ""
        new = form.cleaned_data["new"]
        try:
            change_password(staff, old=form.cleaned_data["old"], new=new, keep_session=key)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            update_session_auth_hash(request, staff)
            sessions.move_session(key, request.session.session_key or "")
            messages.success(request, "密码已修改，其他设备上的登录已全部退出")
            return redirect("/" if forced else "org:account")
    return render(request, "org/password.html", {"form": form, "forced": forced})


@needs()
def home(request: HttpRequest) -> HttpResponse:
    """Where the person's work begins: a page of the menu that says so, else its first."""
    items = [item for item in main_menu(actor_of(request), request) if item.path != request.path]
    first = next((item for item in items if item.entry.home == "first"), items[0] if items else None)
    if first and not first.entry.permissions:
        first = next((item for item in items if item.entry.home == "else"), first)
    return redirect(first.url if first else "org:account")


def _next_step(request: HttpRequest, staff: Staff, then: str) -> HttpResponse:
    if second_factor.device_of(staff):
        steps.begin(request, staff, then=then)
        return redirect("org:code")
    if staff.needs_second_factor:
        steps.begin(request, staff, then=then)
        return redirect("org:enrol")
    steps.finish(request, staff)
    return HttpResponseRedirect(then or "/")


def _safe(request: HttpRequest, wanted: str) -> str:
    own = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if own else ""
