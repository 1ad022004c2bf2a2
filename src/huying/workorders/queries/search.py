"""Find orders by what they say (R250): words in the index first, then the text itself, newest first.

The index knows pairs of letters, so an order that holds all pairs but not the word is ruled out by its text; what is
left is exactly what `LIKE` would find in title, content, place or answer (capitals, full width and signs aside).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from huying.kernel import clock
from huying.org.policies import Actor
from huying.text.tokens import highlight, matches, normalise
from huying.workorders.models import WorkOrder
from huying.workorders.policies import found_by_phone, visible_to
from huying.workorders.queries.filters import LAST_SIGN, Filters, Where, contacts_of, narrow
from huying.workorders.queries.lanes import Cursor, Place
from huying.workorders.queries.lists import (
    PAGE_SIZE,
    Line,
    Page,
    latest_tasks,
    lines_of,
    own_units,
    turn,
)
from huying.workorders.queries.shown import words_for_all
from huying.workorders.rules.desks import Desk
from huying.workorders.rules.words import wanted_words

WINDOW = timedelta(days=90)
COUNTED = 200
"""How far a search counts: every one counted is an order that was read."""
AROUND = 30
DIRECT = 20
_FAR = timedelta(days=1)
_CHUNK = 120
_READ_MOST = 6000
_CALL = "SELECT order_id, created_at FROM order_search(%s::text[], %s, %s, %s, %s::bigint[], %s, %s, %s)"


@dataclass(frozen=True)
class Candidates:
    """Orders the index offers, newest first (oldest first when `upward`), from `start` on."""

    words: Sequence[str]
    since: datetime
    until: datetime
    units: list[int] | None = None
    upward: bool = False

    def chunks(self, start: Cursor | None) -> Iterator[list[tuple[int, datetime]]]:
        """Ever further pieces, each twice as long as the one before, until there is nothing left or enough was read."""
        size, read = _CHUNK, 0
        at, last = (start.at, start.subject) if start else (None, None)
        while read < _READ_MOST:
            with connection.cursor() as cursor:
                cursor.execute(
                    _CALL, [list(self.words), self.since, self.until, size, self.units, at, last, self.upward]
                )
                rows = cursor.fetchall()
            if rows:
                yield rows
            if len(rows) < size:
                return
            last, at = rows[-1]
            read += size
            size *= 2


def search_page(
    actor: Actor, filters: Filters, *, desk: Desk | None = None, cursor: str = "", size: int = PAGE_SIZE,
    window: timedelta = WINDOW, counted: bool = True,
) -> Page:
    """Visible orders that hold every word of `filters.text` and fit the other filters, newest first.

    Without `filters.since` only the last `window` is looked at; `Page.since` says from when on.
    """
    until = filters.until or clock.now() + _FAR
    since = filters.since or until - window
    position = Cursor.read(cursor)
    counts = position is None and counted
    most = max(size, COUNTED) if counts else size
    places = list(found(actor, replace(filters, since=since, until=until), desk, position, most + 1))
    shown, before, after = turn(places[: size + 1], size, position)
    page = Page(lines_for(actor, shown), before, after, since=since)
    if counts:
        page.count, page.capped = min(len(places), most), len(places) > most
    return page


def found(
    actor: Actor, filters: Filters, desk: Desk | None, start: Cursor | None, most: int
) -> Iterator[Place]:
    """The first `most` orders beyond `start` that truly fit."""
    assert filters.since and filters.until
    words = wanted_words(filters.text, filters.facets)
    if not words or (filters.text and not normalise(filters.text)):
        return
    units = own_units(actor) if actor.unit_id else None
    offered = Candidates(words, filters.since, filters.until, units, upward=bool(start and start.back))
    lacking = most
    for rows in offered.chunks(start):
        fitting = check(actor, filters, desk, [order for order, _ in rows])
        for order, at in rows:
            if order in fitting:
                yield Place(order, order, at)
                lacking -= 1
            if not lacking:
                return


def check(actor: Actor, filters: Filters, desk: Desk | None, ids: list[int]) -> set[int]:
    """Which of these orders the person may know of, fit every filter, and really hold the words."""
    where = Where()
    states = tuple(filters.states) or (desk.states if desk and desk.over == "orders" else ())
    if states:
        where.add("o.state = ANY (%(states)s)", states=list(states))
    narrow(filters, where, text=False)
    sql = f"SELECT o.id FROM workorders_workorder o WHERE o.id = ANY (%(ids)s) AND {where.sql}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, where.values | {"ids": ids})
        fitting = [pk for (pk,) in cursor.fetchall()]
    visible = visible_to(actor).filter(pk__in=fitting)
    if not filters.text:
        return set(visible.values_list("pk", flat=True))
    texts = visible.values_list("pk", "title", "content", "place", "answer")
    shown = words_for_all(actor, fitting)  # what is not shown is not found either
    return {pk for pk, *parts in texts if matches("\n".join(map(shown[pk], parts)), filters.text)}


def lines_for(actor: Actor, places: list[Place]) -> list[Line]:
    """Rows for orders; a unit's person sees the unit's own newest task in each."""
    lines = lines_of(actor, _ORDERS, places)
    if actor.unit_id:
        tasks = latest_tasks([line.order.pk for line in lines], own_units(actor))
        for line in lines:
            line.task = tasks.get(line.order.pk)
    return lines


_ORDERS = Desk("search", "查询")


def direct_hits(actor: Actor, text: str) -> list[Line]:
    """Orders named outright: by number (or its beginning), another platform's number, or the caller's telephone."""
    code = "".join(text.split())
    if len(code) < 4 or not any(sign.isdigit() for sign in code):
        return []
    named = Q(number__gte=code, number__lt=code + LAST_SIGN) if len(code) >= 10 else Q(number=code)
    visible = visible_to(actor)
    ways = [visible.filter(named), visible.filter(external_number=code), found_by_phone(actor).filter(contact__in=contacts_of(code))]
    hits: dict[int, datetime] = {}
    for way in ways:
        hits |= dict(way.order_by("-created_at").values_list("pk", "created_at")[:DIRECT])
    newest = sorted(hits.items(), key=lambda hit: hit[1], reverse=True)[:DIRECT]
    return lines_for(actor, [Place(pk, pk, at) for pk, at in newest])


@dataclass(frozen=True)
class Excerpt:
    """A piece of a text around what was looked for: (piece, whether it is a hit)."""

    label: str
    pieces: list[tuple[str, bool]]


def excerpts(actor: Actor, ids: Sequence[int], text: str) -> dict[int, list[Excerpt]]:
    """By order, where the words stand. Units see the text as `shown` has it, as everywhere."""
    words = words_for_all(actor, ids)
    rows = WorkOrder.objects.filter(pk__in=ids).values_list("pk", "title", "content", "place", "answer")
    labels = ("标题", "内容", "地点", "答复")
    found_in: dict[int, list[Excerpt]] = {}
    for pk, *parts in rows:
        for label, part in zip(labels, parts, strict=True):
            pieces = cut(highlight(words[pk](part), text))
            if any(hit for _, hit in pieces):
                found_in.setdefault(pk, []).append(Excerpt(label, pieces))
    return found_in


def cut(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Shorten what lies between the hits."""
    short: list[tuple[str, bool]] = []
    for place, (piece, hit) in enumerate(pieces):
        if hit or len(piece) <= 2 * AROUND:
            short.append((piece, hit))
            continue
        head = piece[:AROUND] + "…" if place else ""
        tail = "…" + piece[-AROUND:] if place + 1 < len(pieces) else ""
        short.append((f"{head}{tail}" or piece[: 2 * AROUND] + "…", False))
    return short
