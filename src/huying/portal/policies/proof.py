"""What this browser has proven: a phone by a code sent to it, an order by its query code. Half an hour without use ends
both. The session lies in the database, so the phone in it is encrypted."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, MutableMapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from huying.citizens.fields import key_ring
from huying.kernel import clock
from huying.org.policies import Actor, citizen_actor

LASTS = timedelta(minutes=30)
PHONE, ORDERS = "portal_phone", "portal_orders"
_CONTEXT = b"portal.session.phone"
Session = MutableMapping[str, Any]


def prove_phone(session: Session, phone: str) -> None:
    """`phone` normalised; a code sent to it came back."""
    sealed = b64encode(key_ring().encrypt(phone, context=_CONTEXT)).decode()
    session[PHONE] = {"sealed": sealed, "until": _until()}


def proven_phone(session: Session) -> str:
    """The phone this browser has proven, "" for none or when it was too long ago."""
    kept = session.get(PHONE)
    if not kept or kept["until"] < _now():
        return ""
    return key_ring().decrypt(b64decode(kept["sealed"]), context=_CONTEXT)


def prove_order(session: Session, order_id: int) -> None:
    session[ORDERS] = {**session.get(ORDERS, {}), str(order_id): _until()}


def proven_orders(session: Session) -> set[int]:
    """Ids of the orders proven one by one."""
    return {int(pk) for pk, until in session.get(ORDERS, {}).items() if until >= _now()}


def keep_going(session: Session) -> None:
    """Somebody who goes on looking is not sent away; written down at most once a minute."""
    fresh = _until()
    kept = session.get(PHONE)
    if kept and _now() <= kept["until"] < fresh - 60:
        session[PHONE] = {**kept, "until": fresh}
    orders = session.get(ORDERS, {})
    if any(_now() <= until < fresh - 60 for until in orders.values()):
        session[ORDERS] = {pk: fresh if until >= _now() else until for pk, until in orders.items()}


def forget(session: Session) -> None:
    """The person leaves, perhaps from somebody else's computer."""
    for name in (PHONE, ORDERS):
        session.pop(name, None)


def citizen(request: HttpRequest, order_ids: Iterable[int] = (), *, name: str = "诉求人") -> Actor:
    """The visitor as an actor; `order_ids` are the orders proven to be his."""
    return citizen_actor(
        name, order_ids, ip=request.META.get("REMOTE_ADDR"), request_id=getattr(request, "request_id", "")
    )


def is_elder(request: HttpRequest) -> bool:
    """The large-type version: `?elder=1`, or what was chosen before (the cookie of /ui/elder)."""
    asked = request.GET.get("elder")
    return (asked if asked in {"0", "1"} else request.COOKIES.get("huying_elder")) == "1"


def _now() -> float:
    return clock.now().timestamp()


def _until() -> float:
    return (clock.now() + LASTS).timestamp()
