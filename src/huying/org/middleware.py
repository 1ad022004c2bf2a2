"""Who is signed in, and which tenants' rows the connection may touch."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from huying.org.models import Staff
from huying.org.policies import Actor, staff_actor
from huying.org.queries import centres_of, set_scope

Answer = Callable[[HttpRequest], HttpResponse]


class SignedIn:
    """Puts `request.actor` (None for a visitor) on every request."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor: Actor | None = None
        if isinstance(request.user, Staff):
            actor = staff_actor(
                request.user, ip=request.META.get("REMOTE_ADDR"), request_id=getattr(request, "request_id", "")
            )
        request.actor = actor  # type: ignore[attr-defined]
        return self.answer(request)


class TenantScope:
    """The second wall: the connection sees the signed-in person's centres, and a visitor's sees none (R207)."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if actor is None or actor.staff is None:
            return self.answer(request)
        set_scope(centres_of(actor.staff))
        try:
            return self.answer(request)
        finally:
            set_scope([])
