"""Answers when something went wrong: short, in Chinese, with the request's name and without a context processor.

An error page must not depend on what may have failed, so these render without the request context.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def _page(request: HttpRequest, template: str, status: int, **context: object) -> HttpResponse:
    return HttpResponse(render_to_string(template, {"request": request, **context}), status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, "500.html", 500)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same page for what is not there and what the person may not know of."""
    return _page(request, "404.html", 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, "403_csrf.html", 403)


def too_many(request: HttpRequest, retry_after: int = 0) -> HttpResponse:
    """429 with Retry-After in seconds, when known."""
    response = _page(request, "429.html", 429, retry_after=retry_after)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response
