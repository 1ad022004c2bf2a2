"""Who is signed in, and which tenants' rows the connection may touch."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from huying.kernel import clock
from huying.org.models import Staff
from huying.org.operations.sessions import note_seen
from huying.org.operations.sign_in import SEEN
from huying.org.policies import Actor, Refused404, note_refusal, staff_actor
from huying.org.queries import centres_of, tenant_scope

Answer = Callable[[HttpRequest], HttpResponse]
ALWAYS_OPEN = {"org:sign-in", "org:sign-out", "org:code", "org:enrol", "org:password"}
SEEN_EVERY = min(60, settings.SESSION_COOKIE_AGE // 4)
"""Seconds. A request this long after the last noted one is written down and moves the idle time-out on."""


class SignedIn:
    """Puts `request.actor` (None for a visitor) on every request; sends a person who must do so to a new password."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor: Actor | None = None
        if isinstance(request.user, Staff) and request.user.centre.is_active:
            actor = staff_actor(
                request.user, ip=request.META.get("REMOTE_ADDR"), request_id=getattr(request, "request_id", "")
            )
            _note_seen(request)
        request.actor = actor  # type: ignore[attr-defined]
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        match = request.resolver_match
        if actor is None or actor.staff is None or match is None:
            return None
        if match.view_name in ALWAYS_OPEN or match.app_name == "ui":
            return None
        where = _must_first(request, actor.staff)
        if where and request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": redirect(where).url})
        return redirect(where) if where else None


    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Somebody signed in asked a page for what is not there or not his to see: on record, whoever raised it."""
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if actor is not None and isinstance(exception, Http404) and not isinstance(exception, Refused404):
            note_refusal(actor, stream="page", path=request.path, reason="不存在或不在可见范围")


class TenantScope:
    """The second wall: the connection sees the signed-in person's centres, and a visitor's sees none (R207)."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if actor is None or actor.staff is None:
            return self.answer(request)
        with tenant_scope(centres_of(actor.staff)):
            return self.answer(request)


def _note_seen(request: HttpRequest) -> None:
    now = clock.now().timestamp()
    if now - request.session.get(SEEN, 0) >= SEEN_EVERY:
        request.session[SEEN] = now
        note_seen(request.session.session_key or "")


def _must_first(request: HttpRequest, staff: Staff) -> str:
    """The page a person must pass before any other, "" when there is none."""
    if staff.must_change_password:
        return "org:password"
    verified: bool = getattr(request.user, "is_verified", lambda: True)()
    return "org:code" if staff.needs_second_factor and not verified else ""
