"""One question to a service that hears or understands, spoken by HTTP as `rules.hearing` describes it.

What comes back is a stranger's: it may be late, huge, no JSON, or shaped otherwise. All of that is `ServiceFailed`, in time.
"""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx

from huying.calls.rules.hearing import Service

MOST_BYTES = 64 * 1024
CONNECT = 1.0  # seconds


class ServiceFailed(Exception):
    """Nothing usable came back; why: away, late, status, size, shape."""


def ask(service: Service, content: bytes, *, kind: str, seconds: float, about: Mapping[str, Any]) -> tuple[str, float | None]:
    """(the text at `service.answer`, the confidence if it gave one). `kind`: the content's media type; `about`: what else may
    stand in fields. Raises ServiceFailed within about `seconds`."""
    limit = time.monotonic() + min(seconds, service.seconds)
    known = {**about, "secret": service.secret, "bytes": len(content)}
    request = _request(service, content, kind, known)
    headers = {name: filled(value, known) for name, value in service.headers.items()}
    headers = {"Accept-Encoding": "identity", **request.pop("headers", {}), **headers}
    wait = max(limit - time.monotonic(), 0.1)
    try:
        with (
            httpx.Client(timeout=httpx.Timeout(wait, connect=min(CONNECT, wait)), trust_env=False) as client,
            client.stream("POST", filled(service.url, known), headers=headers, **request) as answer,
        ):
            body = _read(answer, limit)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise ServiceFailed("away") from error
    except httpx.TimeoutException as error:
        raise ServiceFailed("late") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServiceFailed("shape") from error
    return _told(service, body)


def _request(service: Service, content: bytes, kind: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of httpx's request."""
    if service.send == "raw":
        return {"content": content, "headers": {"Content-Type": kind}}
    if service.send == "form":
        place = ".".join(service.place)
        file = (f"{place}.wav" if kind.startswith("audio") else None, content, kind)
        data = {name: str(filled(value, known)) for name, value in service.fields.items()}
        return {"files": {place: file}, "data": data}
    made: dict[str, Any] = {}
    for name, value in service.fields.items():
        put(made, tuple(name.split(".")), filled(value, known))
    put(made, service.place, base64.b64encode(content).decode() if kind.startswith("audio") else content.decode())
    return {"json": made}


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """`{name}` in texts replaced; a value that is nothing else becomes what is known itself, a number or an object."""
    if isinstance(value, str):
        for name, thing in known.items():
            if value == f"{{{name}}}":
                return thing
            if f"{{{name}}}" in value:
                value = value.replace(f"{{{name}}}", str(thing))
        return value
    if isinstance(value, dict):
        return {name: filled(each, known) for name, each in value.items()}
    return [filled(each, known) for each in value] if isinstance(value, list) else value


def put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        inner = target.setdefault(name, {})
        target = inner if isinstance(inner, dict) else target
    target[path[-1]] = value


def _read(answer: httpx.Response, limit: float) -> bytes:
    """No more than MOST_BYTES, as they come (packed ones might swell), and not for ever: a service may send a byte a second."""
    if answer.status_code != 200:
        raise ServiceFailed("status")
    body = b""
    for piece in answer.iter_raw():
        body += piece
        if len(body) > MOST_BYTES:
            raise ServiceFailed("size")
        if time.monotonic() > limit:
            raise ServiceFailed("late")
    return body


def _told(service: Service, body: bytes) -> tuple[str, float | None]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ServiceFailed("shape") from error
    text, sure = at(told, service.answer), at(told, service.confidence) if service.confidence else None
    if not isinstance(text, str):
        raise ServiceFailed("shape")
    sure = float(sure) if isinstance(sure, int | float) and not isinstance(sure, bool) else None
    return text.replace("\x00", "").strip(), sure


def at(told: Any, path: tuple[str, ...]) -> Any:
    """What stands at the path, None where there is no such place."""
    for name in path:
        if isinstance(told, dict):
            told = told.get(name)
        elif isinstance(told, list) and name.isascii() and name.isdigit() and int(name[:6]) < len(told):
            told = told[int(name[:6])]
        else:
            return None
    return told
