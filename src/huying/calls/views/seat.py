"""The seat: signing in, the phone bar's buttons, and the window that holds the browser's telephone.

Every button is a plain form; with scripts the bar is exchanged in place, without them the page comes back.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huying.calls.forms import SignInForm, target_of
from huying.calls.models import Phone
from huying.calls.operations import ask_switch, set_state, sign_in_seat, sign_out_seat
from huying.calls.operations.seats import NotSignedIn
from huying.calls.queries.bar import bar_of
from huying.calls.queries.seats import seat_of
from huying.kernel.errors import Refusal
from huying.org.policies import Actor, actor_of, needs
from huying.org.rules.asked import words
from huying.ui.fields import refuse
from huying.ui.queries import content_security_policy, live_origin, phone_socket

STATES = {"ready", "busy", "finish"}
PLAIN = {"answer", "hangup", "hold", "resume", "complete", "cancel"}
MOVES = {"blind", "consult", "conference", "dial"}


@needs("calls.answer")
@never_cache
def seat(request: HttpRequest) -> HttpResponse:
    """Sign in at a telephone for some groups; afterwards the page of one's own seat."""
    actor = actor_of(request)
    assert actor.staff is not None
    form = SignInForm(request.POST or None, staff=actor.staff)
    if request.method == "POST" and form.is_valid():
        try:
            session = sign_in_seat(actor, form.cleaned_data["phone"], groups=form.cleaned_data["groups"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            taken = getattr(session, "taken_over", "")
            (messages.warning if taken else messages.success)(request, f"已在分机 {session.phone.extension} 签入。{taken}")
            return redirect("calls:seat")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "calls/seat.html", {"form": form, "own": bar_of(actor)}, status=status)


@require_safe
@needs("calls.answer")
@never_cache
def bar(request: HttpRequest) -> HttpResponse:
    return drawn(request, actor_of(request))


@require_POST
@needs("calls.answer")
def do(request: HttpRequest, word: str) -> HttpResponse:
    """One button of the bar."""
    actor, refusal = actor_of(request), ""
    try:
        carried_out(actor, word, request)
    except Refusal as refused:
        refusal = refused.message
    if request.headers.get("HX-Request"):
        return drawn(request, actor, refusal)
    if refusal:
        messages.error(request, refusal)
    return where_it_was(request)


def where_it_was(request: HttpRequest) -> HttpResponse:
    """Back to the page whose bar was used."""
    back = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if own and back.startswith("/") else "calls:seat")


def drawn(request: HttpRequest, actor: Actor, refusal: str = "") -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in ("number", "target")} if refusal else {}
    return render(request, "calls/bar.html", {"bar": bar_of(actor, refusal, typed)})


def carried_out(actor: Actor, word: str, request: HttpRequest) -> None:
    """Raises Refusal; Http404 for a word that is no button."""
    session = seat_of(actor.staff) if actor.staff else None
    if session is None:
        raise NotSignedIn if word in STATES | PLAIN | MOVES | {"sign_out"} else Http404
    if word in STATES:
        set_state(actor, session, word, words(request.POST, "reason"))
    elif word == "sign_out":
        sign_out_seat(actor, session)
    elif word in PLAIN:
        ask_switch(actor=actor, kind=word, session=session, request_id=actor.request_id)
    elif word in MOVES:
        joins = word == "conference" and not any(request.POST.get(name) for name in ("target", "number"))
        about, secret = ({}, "") if joins else target_of(request.POST)
        ask_switch(actor=actor, kind=word, about=about, secret=secret, session=session, request_id=actor.request_id)
    else:
        raise Http404


@require_safe
@needs("calls.answer")
@never_cache
def phone_window(request: HttpRequest) -> HttpResponse:
    """The window that holds the browser's telephone, for whoever is signed in at one."""
    session = seat_of(request.user)  # type: ignore[arg-type]
    if session is None or session.phone.kind != Phone.Kind.WEBRTC:
        return render(request, "calls/phone_none.html", {"session": session})
    socket = phone_socket(request)
    context: dict[str, Any] = {"session": session, "socket": socket, "host": settings.PHONE_REALM}
    answer = render(request, "calls/phone.html", context)
    answer["Content-Security-Policy"] = content_security_policy(f"{live_origin(request)} {socket.removesuffix('/ws')}")
    return answer
