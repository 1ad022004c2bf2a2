"""How every page of a centre's site begins: the centre of the address, its tenants' scope, and nothing more."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.shortcuts import render as django_render

from huying.kernel.masking import mask_phone
from huying.org.models import Centre
from huying.org.queries import tenant_scope
from huying.portal.policies import is_elder, keep_going, proven_phone
from huying.portal.queries import NoCentre, centre_by_code
from huying.portal.rules.limits import TooMuch, network_of

P = ParamSpec("P")


def of_centre(view: Callable[Concatenate[HttpRequest, Centre, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view gets the centre named in the address and runs within that tenant's rows, whoever is signed in."""

    @wraps(view)
    def opened(request: HttpRequest, centre: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            found = centre_by_code(centre)
        except NoCentre as unknown:
            raise Http404 from unknown
        with tenant_scope([found.pk]):
            keep_going(request.session)
            response = view(request, found, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return opened


def render(request: HttpRequest, centre: Centre, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    phone = proven_phone(request.session)
    shown = {"centre": centre, "elder": is_elder(request), "my_phone": mask_phone(phone) if phone else ""}
    return django_render(request, f"portal/{template}.html", shown | context, status=status)


def address_of(request: HttpRequest) -> str:
    """The visitor's network, for limits only."""
    return network_of(str(request.META.get("REMOTE_ADDR") or ""))


def browser_of(request: HttpRequest) -> str:
    """The key of the visitor's session; "" before there is one."""
    return request.session.session_key or ""


def fresh_session(request: HttpRequest) -> None:
    """Another key for a session that has just become worth something; a signed-in person's is kept by `org`."""
    if not request.user.is_authenticated:
        request.session.cycle_key()


def status_of(refusal: Exception) -> int:
    return 429 if isinstance(refusal, TooMuch) else 200


def to_track(request: HttpRequest, centre: Centre, words: str) -> HttpResponse:
    """The proof is too old or was never given: say so gently where it can be given."""
    messages.warning(request, words)
    return redirect("portal:track", centre.code)
