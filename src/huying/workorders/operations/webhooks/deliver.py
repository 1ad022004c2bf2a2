"""Send one delivery: signed, to a public address, again later when nobody takes it."""

import hashlib
import hmac
import ipaddress
import socket
import time as stopwatch
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from huying.kernel import clock
from huying.org.policies import Actor
from huying.workorders.models import Delivery
from huying.workorders.operations.webhooks.tell import DELIVER_TASK, QUEUE
from huying.workorders.rules.addresses import Address, BadAddress, Place, is_public, parse_address

WAITS = [timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1),
         timedelta(hours=6), timedelta(hours=24)]
"""How long after each failed try the next one comes; after the last, the delivery has failed."""

TIMEOUT = httpx.Timeout(10, connect=5)


@dataclass(frozen=True, slots=True)
class Try:
    """What came of one try: `status` of the answer, None when there was none."""

    at: datetime
    status: int | None
    ms: int
    error: str = ""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over "timestamp.body": a receiver that looks at the timestamp cannot be fed old messages."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def deliver(delivery_id: int) -> Delivery | None:
    """Send it if it still waits, write down what came of it, and plan the next try. Run under scope ALL.

    No transaction is open while the receiver is waited for. A worker killed in between sends it a second time: the
    receiver knows it by `Huying-Delivery`.
    """
    row = Delivery.objects.select_related("webhook").filter(pk=delivery_id, state=Delivery.State.PENDING).first()
    if row is None:
        return None
    if not row.webhook.is_active:
        return finish(row, Try(clock.now(), None, 0, "订阅已停用"), again=False)
    outcome = attempt(row)
    return finish(row, outcome, again=outcome.status != 410)


@transaction.atomic
def finish(row: Delivery, outcome: Try, *, again: bool) -> Delivery:
    at = outcome.at.astimezone(clock.SHANGHAI).isoformat(timespec="milliseconds")
    row.tries = [*row.tries, {"at": at, "status": outcome.status, "ms": outcome.ms, "error": outcome.error}]
    row.next_at = None
    if outcome.taken:
        row.state, row.done_at = Delivery.State.DELIVERED, clock.now()
    elif again and len(row.tries) <= len(WAITS):
        row.next_at = clock.now() + WAITS[len(row.tries) - 1]
        app.configure_task(DELIVER_TASK, queue=QUEUE, schedule_at=row.next_at).defer(delivery_id=row.pk)
    else:
        row.state, row.done_at = Delivery.State.FAILED, clock.now()
    row.save(update_fields=["tries", "state", "next_at", "done_at"])
    return row


def attempt(row: Delivery) -> Try:
    """One try. Nothing a receiver does raises."""
    begun, at = stopwatch.monotonic(), clock.now()
    try:
        place = parse_address(row.webhook.url, private=settings.WEBHOOK_PRIVATE)
        status, error = post(place, row, int(at.timestamp())), ""
    except BadAddress as refused:
        status, error = None, refused.message
    except (OSError, httpx.HTTPError, httpx.InvalidURL, UnicodeError) as away:
        status, error = None, f"{type(away).__name__}: {away}"[:200]
    return Try(at, status, round((stopwatch.monotonic() - begun) * 1000), error)


def post(place: Place, row: Delivery, timestamp: int) -> int:
    """Send to the very address that was checked (no second look-up), follow nothing, read no answer but its status."""
    address = public_addresses(place, private=settings.WEBHOOK_PRIVATE)[0]
    shown = f"[{address}]" if address.version == 6 else str(address)
    name = f"[{place.host}]" if ":" in place.host else place.host
    body = row.body.encode()
    headers = {
        "Host": name if place.port in {80, 443} else f"{name}:{place.port}", "Content-Type": "application/json",
        "User-Agent": "Huying-Webhook/1", "Huying-Event": row.kind, "Huying-Delivery": str(row.key),
        "Huying-Signature": sign(row.webhook.secret, timestamp, body),
    }
    with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client, client.stream(
        "POST", f"{place.scheme}://{shown}:{place.port}{place.target}", content=body, headers=headers,
        extensions={"sni_hostname": place.host},
    ) as answer:
        return answer.status_code


def public_addresses(place: Place, *, private: bool) -> list[Address]:
    """Ask the resolver; every answer must be public (unless `private`), so that no rebinding slips one in.

    Raises BadAddress, and OSError when the name cannot be resolved.
    """
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    if not private and not all(is_public(address) for address in addresses):
        raise BadAddress("接收地址解析到本机或内部网络，未发送")
    return addresses


@transaction.atomic
def replay(*, actor: Actor, delivery: Delivery) -> Delivery:
    """Send the same content again, as a delivery of its own. Raises NotAllowed."""
    actor.must("workorders.webhooks")
    again = Delivery.objects.create(
        webhook_id=delivery.webhook_id, centre_id=delivery.centre_id, event_id=delivery.event_id, kind=delivery.kind,
        number=delivery.number, body=delivery.body, replay_of=delivery, created_at=clock.now(),
    )
    app.configure_task(DELIVER_TASK, queue=QUEUE).defer(delivery_id=again.pk)
    return again
