"""What the switch asks in the middle of a call. It waits a second at most; whoever else asks finds nothing here."""

import hmac
import re
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from huying.calls.operations.hear import hear, take
from huying.calls.queries.route import route_of
from huying.calls.queries.self_service import keys_of, self_service
from huying.org.queries import ALL, tenant_scope

LOOPBACK = frozenset({"127.0.0.1", "::1", ""})  # "": a server behind a socket of this machine
Asked = Callable[[HttpRequest], JsonResponse]


def of_the_switch(view: Asked) -> Asked:
    """Only for this machine's switch, which knows the key (field `key` or header X-Switch-Key)."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, **_: Any) -> JsonResponse:
        here = request.META.get("REMOTE_ADDR", "") in LOOPBACK and "X-Forwarded-For" not in request.headers
        if request.method != "POST" or not here:
            raise Http404
        key = request.headers.get("X-Switch-Key") or request.POST.get("key", "")
        if not hmac.compare_digest(key.encode(), settings.SWITCH_WEB_KEY.encode()):
            raise Http404
        with tenant_scope(ALL):  # a rule may lead to another centre's group
            return view(request)

    return guarded


@of_the_switch
def route(request: HttpRequest) -> JsonResponse:
    """{"flow", "queue", "priority", "last", "blocked", "refuse"}; see `rules.route.Answer`."""
    return JsonResponse(asdict(route_of(*_numbers(request))))


@of_the_switch
def service(request: HttpRequest) -> JsonResponse:
    """{"sounds": "a&b", "exit": "next"|"failed"}."""
    said = self_service(
        request.POST.get("service", ""), *_numbers(request), keys_of(request.POST.get("digits", "")[:200])
    )
    return JsonResponse({"sounds": "&".join(said.sounds), "exit": said.exit})


@of_the_switch
def speech(request: HttpRequest) -> JsonResponse:
    """{"exit": "1"|"silent"|"unclear"|"failed"} of what was recorded into `file`; with `pressed`, nobody needs to hear it."""
    said = {name: request.POST.get(name, "")[:120] for name in ("file", "node", "called", "call", "pressed")}
    if said.pop("pressed"):
        take(said["file"])
        return JsonResponse({"exit": ""})
    return JsonResponse({"exit": hear(**said)})


def _numbers(request: HttpRequest) -> tuple[str, str]:
    """(called, caller) as digits: whatever else a carrier may have put there is not looked for."""
    called, caller = (re.sub(r"[^0-9+]", "", request.POST.get(name, "")[:40]) for name in ("called", "caller"))
    return called, caller
