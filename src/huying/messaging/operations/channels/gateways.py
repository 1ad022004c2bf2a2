"""The gateways of this installation, in order of preference, and what the workers together know of them."""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from huying.kernel import clock
from huying.messaging.models import Gateway

DOWN_FOR = timedelta(seconds=60)
LONGEST_WAIT = 10.0  # seconds a worker waits for its turn before it tries anyway

TAKE = """
    INSERT INTO messaging_gateway AS g (name, next_slot_at, last_error) VALUES (%(name)s, %(now)s + %(gap)s::interval, '')
    ON CONFLICT (name) DO UPDATE SET next_slot_at = greatest(g.next_slot_at, %(now)s) + %(gap)s::interval
    RETURNING next_slot_at - %(gap)s::interval
"""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gateway: its address without a trailing slash, and the key both sides sign with."""

    name: str
    url: str
    key: bytes


def configured() -> dict[str, str]:
    """Name -> address, first choice first, of the setting "main=https://… spare=https://…"."""
    pairs = [word.partition("=") for word in settings.MESSAGE_GATEWAYS.split()]
    if wrong := [name for name, sign, url in pairs if not (name.isidentifier() and url.startswith(("http://", "https://")))]:
        raise ImproperlyConfigured(f"HUYING_MESSAGE_GATEWAYS 应写成“名称=https://地址 名称=https://地址”，错在 {wrong[0]!r}")
    return {name: url.rstrip("/") for name, _, url in pairs}


def key_of(name: str) -> bytes | None:
    """The key agreed with that gateway, from the file HUYING_DATA/secrets/gateway_NAME; None for an unknown name."""
    if name not in configured():
        return None
    place = Path(settings.DATA) / "secrets" / f"gateway_{name}"
    if not place.is_file():
        raise ImproperlyConfigured(f"缺少短信网关 {name} 的密钥文件 {place}")
    return place.read_text("utf-8").strip().encode()


def gates(*, prefer: str = "") -> list[Gate]:
    """All gateways: the preferred one first, those known to be down last, the setting's order otherwise."""
    now = clock.now()
    down = set(Gateway.objects.filter(down_until__gt=now).values_list("name", flat=True))
    names = sorted(configured().items(), key=lambda pair: (pair[0] != prefer, pair[0] in down))
    return [Gate(name, url, key_of(name) or b"") for name, url in names]


def take_slot(gate: Gate) -> None:
    """Wait for this message's turn: all workers together send at most MESSAGE_RATE a second through one gateway."""
    now = clock.now()
    gap = timedelta(seconds=1 / settings.MESSAGE_RATE)
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"name": gate.name, "now": now, "gap": str(gap)})
        turn = cursor.fetchone()[0]
    if (wait := (turn - now).total_seconds()) > 0:
        time.sleep(min(wait, LONGEST_WAIT))


def is_down(name: str, why: str) -> None:
    """Put this gateway behind the others for a minute."""
    Gateway.objects.update_or_create(name=name, defaults={"down_until": clock.now() + DOWN_FOR, "last_error": why[:200]})


def is_back(name: str) -> None:
    Gateway.objects.filter(name=name, down_until__isnull=False).update(down_until=None, last_error="")
