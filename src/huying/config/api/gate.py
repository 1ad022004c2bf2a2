"""The way to /api/ past the middleware of the pages: no session, no cookies, no CSRF; and no refusal without its reason."""

from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from huying.config.api.errors import handle
from huying.org.queries import set_scope
from huying.workorders.api.problem import PROBLEM, problem

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Gate:
    """Answers whatever begins with /api/ by itself; stands before the middleware that knows browsers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        try:
            response = answer(request)
        except Exception as error:
            response = handle(request, error)
        finally:
            leave(request)
        response.headers.setdefault("Cache-Control", "no-store")
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def answer(request: HttpRequest) -> HttpResponseBase:
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return problem(400, "bad_request", "地址中含有非法字符")
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return problem(404, "not_found", "没有这个接口，可用的接口见 /api/v1/openapi.json")
    request.resolver_match = match
    if request.method == "HEAD":
        request.method = "GET"  # the server leaves the body out
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    if response.status_code == 405 and response.headers.get("Content-Type") != PROBLEM:
        allowed = response.headers.get("Allow", "")
        return problem(405, "method_not_allowed", f"此地址不支持 {request.method}，可用：{allowed}", headers={"Allow": allowed})
    return response


def leave(request: HttpRequest) -> None:
    """Take the tenant scope back, so that whoever gets the connection next sees nothing until told so."""
    if not getattr(request, "api_scope", False):
        return
    try:
        set_scope([])
    except (DatabaseError, InterfaceError):
        connection.close()
