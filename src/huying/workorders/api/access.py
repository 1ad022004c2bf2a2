"""Who is asking, and the order asked for."""

import hashlib
import re

from django.http import HttpRequest

from huying.org.policies import Actor
from huying.workorders.models import WorkOrder
from huying.workorders.policies import visible_to
from huying.workorders.queries import NoSuchOrder
from huying.workorders.rules import BadInput

_KEY = re.compile(r"[\x21-\x7e]{1,100}")
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,40}")


def actor_of(request: HttpRequest) -> Actor:
    """The person behind the token (put there by the API's authentication)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def find(request: HttpRequest, number: str) -> WorkOrder:
    """The order, if this person may know of it. Raises NoSuchOrder."""
    if len(number) > 40:
        raise NoSuchOrder
    found = visible_to(actor_of(request)).filter(number=number).first()
    if found is None:
        raise NoSuchOrder
    return found


def idempotency_key(request: HttpRequest) -> str:
    """The caller's own name for this request, "" for none. Raises BadInput for one that is not printable ASCII."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not _KEY.fullmatch(key):
        raise BadInput("Idempotency-Key 应为 1 到 100 个可见的英文字符", fields={"Idempotency-Key": "格式不对"})
    return key


def request_name(request: HttpRequest) -> str:
    """What events call this request: the idempotency key, else X-Request-ID; a long or odd one by its digest."""
    name = request.headers.get("Idempotency-Key", "") or getattr(request, "request_id", "")
    if not name or _PLAIN.fullmatch(name):
        return name
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:40]
