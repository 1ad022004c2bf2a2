"""News of the telephone: to the screens (through `live`) and to the gateway; sent when the transaction commits."""

import json

from django.db import connection

from huying.calls.catalog import NEWS_CHANNEL, SWITCH_CHANNEL


def tell(topic: str, centre_id: int, staff_id: int | None = None, call_id: int | None = None, *, news: str = "") -> None:
    """Tell the screens of a centre that `topic` ("seats", "queues", "calls" …) changed; they ask for what they may see.
    `news`: what is new in a call, in words ("rang answered")."""
    said = {"t": topic, "c": centre_id, "s": staff_id, "k": call_id, **({"n": news} if news else {})}
    _notify(NEWS_CHANNEL, json.dumps(said, separators=(",", ":")))


def tell_gateway(words: str) -> None:
    """"config", "seat SESSION", or the id of a `Command`."""
    _notify(SWITCH_CHANNEL, words)


def config_changed() -> None:
    """Whoever changed a row that the switch's plan is made of says so; the gateway renders and reloads."""
    tell_gateway("config")


def _notify(channel: str, payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])
