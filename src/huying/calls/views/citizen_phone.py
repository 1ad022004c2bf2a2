"""The citizen's telephone of the demonstration; where there is no demonstration there is no such page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huying.calls.queries.demo import citizen_phone, dialled_numbers
from huying.ui.queries import content_security_policy, live_origin, phone_socket

KNOWN = ("13907701234", "13977005678", "07702823456")
"""Numbers of our own invention that the page offers as the caller's."""


@require_safe
@never_cache
def demo_phone(request: HttpRequest) -> HttpResponse:
    """A page that dials 12345 from the browser."""
    phone = citizen_phone() if settings.DEMO else None
    if phone is None:
        raise Http404
    socket = phone_socket(request)
    context = {"phone": phone, "socket": socket, "host": settings.PHONE_REALM, "numbers": dialled_numbers(), "known": KNOWN}
    answer = render(request, "calls/citizen_phone.html", context)
    answer["Content-Security-Policy"] = content_security_policy(f"{live_origin(request)} {socket.removesuffix('/ws')}")
    return answer
