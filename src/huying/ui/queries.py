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
    try:
        host = urlsplit(f"//{request.get_host()}").hostname or ""
    except DisallowedHost:  # the answer is a 400 already; it needs no live stream
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{request.scheme}://{host}:{settings.LIVE_PORT}"


def live_url(request: HttpRequest) -> str:
    """The address of the stream of live updates."""
    return settings.LIVE_URL or f"{live_origin(request)}/live/stream"
