"""What every answer carries: the name of its request, and the headers that keep a browser honest."""

import re
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from huying.ui.queries import content_security_policy, live_origin

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")
_PERMISSIONS = (
    "accelerometer=(), autoplay=(self), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "microphone=(self), payment=(), usb=()"
)


class RequestId:
    """Names the request (`request.request_id`), in the log lines and in the answer, so that all three can be matched.

    A caller's own X-Request-ID is kept when it is plain letters and digits; anything else could forge log lines.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        name = given if _WELL_FORMED.fullmatch(given) else uuid4().hex
        request.request_id = name  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=name):
            response = self.get_response(request)
        response["X-Request-ID"] = name
        return response


class SecurityHeaders:
    """CSP without any inline script or style, no framing, and no copy of a signed-in page left in a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", content_security_policy(live_origin(request)))
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            if response.headers.get("Content-Type", "").startswith("text/html"):
                response["Cache-Control"] = "no-store"
            response.headers.setdefault("Cache-Control", "no-store")
        return response
