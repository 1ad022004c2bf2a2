"""The gate in front of pages: who is not signed in is asked to, who lacks the right finds nothing there (R251).

    @needs("workorders.dispatch")             one of the permissions named (none named: everybody who is signed in)
    def inbox(request): ...

    @needs("org.manage_staff")                the same on a class-based view
    class Edit(View): ...

    order = found_or_404(request, visible_to(request.actor), stream="order", number=number)
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.org.models import SignIn
from huying.org.policies.actor import Actor

V = TypeVar("V", bound=Callable[..., Any])
M = TypeVar("M", bound=Model)
BY_ONESELF = "本人"
BIGINT = 2**63
Page = Callable[..., HttpResponseBase]


class Refused404(Http404):
    """A 404 whose refusal is on record already; of any other one the middleware makes a record (R207)."""


def needs(*permissions: str) -> Callable[[V], V]:
    """Decorate a view function or a View class; the person needs any one of `permissions`.

    Nobody signed in: to the sign-in page and back (302; an htmx request is sent there as a whole page). Signed in
    without the right: 404 and an Access row of kind REFUSED. The permissions are kept as `view.needs`.
    """

    def decorate(target: V) -> V:
        if isinstance(target, type) and issubclass(target, View):
            guarded = method_decorator(needs(*permissions), name="dispatch")(target)
            guarded.needs = permissions  # type: ignore[attr-defined]
            return cast(V, guarded)
        return cast(V, _guard(cast(Page, target), permissions))

    return decorate


def actor_of(request: HttpRequest) -> Actor:
    """Who is signed in; for use behind `needs`. Raises Http404 when nobody is."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise Http404
    return actor


def _guard(view: Page, permissions: tuple[str, ...]) -> Page:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            return _to_sign_in(request)
        if permissions and not actor.may_any(permissions):
            note_refusal(actor, stream="page", path=request.path, reason="缺少权限 " + " / ".join(permissions))
            raise Refused404
        return view(request, *args, **kwargs)

    guarded.needs = permissions  # type: ignore[attr-defined]
    return guarded


def note_refusal(actor: Actor, *, stream: str, path: str, reason: str = "", stream_id: int | None = None) -> None:
    """Put on record that `actor` was refused (R207); `reason` is for the reader of the record, at most 500 letters."""
    note_access(
        Access.Kind.REFUSED, actor=actor, centre_id=actor.staff.centre_id if actor.staff else None,
        stream=stream, stream_id=stream_id, reason=reason[:500], path=path,
    )


def found_or_404(request: HttpRequest, rows: QuerySet[M], *, stream: str, **lookup: Any) -> M:
    """The one row of `rows` (what this person may know of) that fits, else 404 with the refusal on record (R207).

    Whether the row exists at all is not looked up: the answer and the record are the same either way.
    """
    try:
        return rows.get(**lookup)
    except ObjectDoesNotExist:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None:
            asked = ", ".join(f"{name}={value}" for name, value in lookup.items())
            key = lookup.get("pk")
            note_refusal(
                actor, stream=stream, stream_id=key if isinstance(key, int) and key < BIGINT else None, path=request.path,
                reason=f"不存在或不在可见范围：{asked}",
            )
        raise Refused404 from None


def _say_why(request: HttpRequest) -> None:
    """Tell who was signed in until now that somebody ended it; the browser still names the session, this once."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    row = SignIn.objects.filter(session_key=key, ended_at__isnull=False).first() if key else None
    if row is not None and row.ended_by != BY_ONESELF:
        words = f"您的登录已结束（{row.ended_by}）。如有疑问，请联系本中心的系统管理员。"
        messages.warning(request, words, fail_silently=True)


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Afterwards back to this page; to the one the person was on when this address is only for sending forms."""
    _say_why(request)
    wanted = request.get_full_path()
    hx = request.headers.get("HX-Request") == "true"
    if hx or request.method not in {"GET", "HEAD"}:
        came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
        own = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure())
        parts = urlsplit(came_from)
        wanted = (f"{parts.path}?{parts.query}" if parts.query else parts.path) if own and parts.path else "/"
    answer = redirect_to_login(wanted)
    if hx:
        return HttpResponse(headers={"HX-Redirect": answer.url})
    return answer
