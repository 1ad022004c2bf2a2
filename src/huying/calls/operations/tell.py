"""News of the telephone: to the screens (through `live`) and to the gateway; sent when the transaction commits."""

import json
from collections.abc import Iterable, Sequence

from django.db import connection

from huying.calls.catalog import NEWS_CHANNEL, SWITCH_CHANNEL


def tell(topic: str, centre_id: int, staff_id: int | None = None, call_id: int | None = None) -> None:
    """Tell the screens of a centre that `topic` ("seats", "queues", "calls" …) changed; they ask for what they may see."""
    _notify([(NEWS_CHANNEL, _said(topic, centre_id, staff_id, call_id))])


def tell_of_call(centre_id: int, call_id: int, people: Iterable[int], news: str) -> None:
    """To the centre's walls and to the people concerned. `news`: what is new in the call, in words ("rang answered")."""
    own = [_said("call", centre_id, staff, call_id, news) for staff in people]
    _notify([(NEWS_CHANNEL, words) for words in (_said("calls", centre_id, None, call_id), *own)])


def tell_of_seat(topic: str, centre_id: int, staff_id: int, call_id: int | None, session_id: int) -> None:
    """To the screens and to the gateway."""
    _notify([(NEWS_CHANNEL, _said(topic, centre_id, staff_id, call_id)), (SWITCH_CHANNEL, f"seat {session_id}")])


def _said(topic: str, centre_id: int, staff_id: int | None, call_id: int | None, news: str = "") -> str:
    said = {"t": topic, "c": centre_id, "s": staff_id, "k": call_id, **({"n": news} if news else {})}
    return json.dumps(said, separators=(",", ":"))


def tell_gateway(words: str) -> None:
    """"config", "seat SESSION", or the id of a `Command`."""
    _notify([(SWITCH_CHANNEL, words)])


def config_changed() -> None:
    """Whoever changed a row that the switch's plan is made of says so; the gateway renders and reloads."""
    tell_gateway("config")


def _notify(news: Sequence[tuple[str, str]]) -> None:
    """(channel, words), in one statement."""
    channels, words = zip(*news, strict=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(channel, words) FROM unnest(%s::text[], %s::text[]) AS news(channel, words)",
                       [list(channels), list(words)])
