"""What pages need to know of the installation."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest


def live_origin(request: HttpRequest) -> str:
    """Scheme, host and port of the `live` process: LIVE_URL, else the page's own host on LIVE_PORT."""
    if settings.LIVE_URL:
        parts = urlsplit(settings.LIVE_URL)
        return f"{parts.scheme}://{parts.netloc}"
    host = _host(request)
    return f"{request.scheme}://{host}:{settings.LIVE_PORT}" if host else ""


def phone_socket(request: HttpRequest) -> str:
    """The WebSocket address at which a telephone in the browser reaches the switch."""
    if settings.PHONE_URL:
        return str(settings.PHONE_URL)
    return f"{'wss' if request.is_secure() else 'ws'}://{_host(request)}:{settings.PHONE_PORT}/ws"


def _host(request: HttpRequest) -> str:
    try:
        host = urlsplit(f"//{request.get_host()}").hostname or ""
    except DisallowedHost:  # the answer is a 400 already; it needs no live stream
        return ""
    return f"[{host}]" if ":" in host else host


def live_url(request: HttpRequest) -> str:
    """The address of the stream of live updates."""
    return settings.LIVE_URL or f"{live_origin(request)}/live/stream"


def content_security_policy(live: str) -> str:
    """Nothing inline, nothing from elsewhere; `live`: further addresses the page may connect to."""
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            f"connect-src 'self' {live}".rstrip(),
            "object-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'self'",
        ]
    )
