"""Finding calls: who may see which, by what they are narrowed down, page by page (R221, R223)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huying.calls.models import Call, Recording
from huying.calls.policies import calls_seen_by
from huying.calls.queries.asked import midnight
from huying.citizens.fields import blind_index
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor

PAGE = 50
FIRST = date(1990, 1, 1)
MOST = 1000
SHOWN_FOR = timedelta(days=30)
Finder = Callable[[Actor, str], list[int]]
_finders: list[Finder] = []


def register_calls_of_order(finder: Finder) -> None:
    """Enter how the calls of an order are found by its number; for the room above that has orders."""
    _finders[:] = [finder]


@dataclass
class CallPage:
    """`count` stops at MOST and says so by `capped`; `after` is where the next page begins."""

    rows: list[Call]
    count: int
    capped: bool
    after: str
    since: datetime


def page_of_calls(actor: Actor, found: dict[str, Any], cursor: str = "") -> CallPage:
    """Newest first; without dates, of the last 30 days, or all of an order that is asked for."""
    today = clock.now().astimezone(SHANGHAI).date()
    first = FIRST if found.get("order") else today - SHOWN_FOR
    since = at_time(found.get("since") or first, found.get("since_time"))
    rows = narrowed(calls_seen_by(actor).filter(entered_at__gte=since), found)
    if until_time := found.get("until_time"):
        rows = rows.filter(entered_at__lt=at_time(found.get("until") or today, until_time) + timedelta(minutes=1))
    if order := found.get("order"):
        rows = rows.filter(pk__in=[pk for finder in _finders for pk in finder(actor, order)])
    count = rows.order_by()[: MOST + 1].count()
    if place := read_cursor(cursor):
        at, pk = place
        rows = rows.filter(Q(entered_at__lt=at) | Q(entered_at=at, pk__lt=pk))
    page = list(rows.select_related("agent", "group", "caller").order_by("-entered_at", "-id")[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    after = f"{last.entered_at.timestamp():.6f}-{last.pk}" if last else ""
    return CallPage(page[:PAGE], min(count, MOST), count > MOST, after, since)


def at_time(day: date, moment: time | None) -> datetime:
    return datetime.combine(day, moment or time(), SHANGHAI)


def narrowed(rows: QuerySet[Call], found: dict[str, Any]) -> QuerySet[Call]:
    if until := found.get("until"):
        rows = rows.filter(entered_at__lt=midnight(until + timedelta(days=1)))
    if number := found.get("number"):
        rows = rows.filter(number_hash=blind_index(number, purpose="phone"))
    if rating := found.get("rating"):
        rows = rows.filter(rating__isnull=True) if rating == "none" else rows.filter(rating=int(rating))
    if recording := found.get("recording"):
        rows = rows.filter(Exists(Recording.objects.filter(call=OuterRef("pk"), state=recording)))
    if longer := found.get("longer"):
        rows = rows.filter(talk_ms__gte=longer * 1000)
    if (shorter := found.get("shorter")) is not None:
        rows = rows.filter(talk_ms__lte=shorter * 1000)
    return rows.filter(**{name: found[name] for name in ("direction", "outcome", "group", "agent") if found.get(name)})


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """None for nothing and for nonsense: the first page is then shown."""
    moment, _, pk = text.partition("-")
    try:
        return datetime.fromtimestamp(float(moment), SHANGHAI), int(pk) if int(pk) < 2**62 else 0
    except (ValueError, OverflowError, OSError):
        return None
