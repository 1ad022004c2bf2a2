"""Read a list as a merge of lanes, each of them one stretch of an index already in the list's order.

"To dispatch in these four centres" is four lanes; each gives its first few rows, and the page is the first of those.
So a page costs the same at ten thousand orders as at a million, and the tenth page what the first one does.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Any

from django.db import connection

from huying.workorders.models.order import NEVER
from huying.workorders.queries.filters import Where
from huying.workorders.workflow import FINAL, UNFINISHED

COUNT_MOST = 1000
_NEVER = f"'{NEVER:%Y-%m-%d %H:%M:%S}+00'::timestamptz"
_OPEN = f"NOT (o.state IN ({', '.join(repr(str(state)) for state in sorted(FINAL))}))"
_UNFINISHED = f"t.state IN ({', '.join(repr(str(state)) for state in sorted(UNFINISHED))})"
_ORDERS = "workorders_workorder o"
_TASKS = "workorders_assignment t"
_PLEAS = "workorders_application p"
_FOLLOWED = "workorders_workorder_followers f"
ORDER_OF = {"orders": "o.id", "tasks": "t.order_id", "pleas": "p.order_id", "followed": "f.workorder_id"}
"""Where a row says of which order it is."""
_INDEXED = {("orders", "due"): _OPEN, ("tasks", "due"): _UNFINISHED}
"""What names the partial index of lists by due time; they hold nothing else."""
TASK_DUE = f"COALESCE(CASE WHEN t.state = 'to_sign' THEN t.sign_due_at WHEN t.state = 'handling' THEN t.due_at END, {_NEVER})"

KEYS = {
    ("orders", "due"): (f"COALESCE(o.due_at, {_NEVER})", "o.id"), ("orders", "new"): ("o.created_at", "o.id"),
    ("tasks", "due"): (TASK_DUE, "t.id"), ("tasks", "new"): ("t.dispatched_at", "t.id"),
    ("pleas", "old"): ("p.created_at", "p.id"), ("followed", "new"): ("o.created_at", "o.id"),
}
"""What a list is sorted by: moment and tie-breaker, both in the same direction."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Lanes over one source: `where` compares columns with `l.a`, `l.b`, `l.c`, of which `lanes` holds every case."""

    source: str
    where: str
    lanes: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a list: the order, the task or application it is about, and where in the list it stands."""

    order: int
    subject: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """Beyond which row a page begins, and whether it is turned back."""

    at: datetime
    subject: int
    back: bool = False

    def __str__(self) -> str:
        text = json.dumps([self.at.isoformat(), self.subject, int(self.back)], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """None for nothing and for nonsense: the first page is then shown."""
        try:
            at, subject, back = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            moment = datetime.fromisoformat(at)
            return cls(moment, int(subject), bool(back)) if moment.tzinfo and abs(int(subject)) < 2**62 else None
        except (ValueError, TypeError, binascii.Error, OverflowError):
            return None


def order_lanes(centres: Iterable[int], states: Iterable[str]) -> Branch:
    lanes = tuple((centre, state, "") for centre, state in product(centres, states))
    return Branch(_ORDERS, "o.centre_id = l.a AND o.state = l.b", lanes)


def centre_lanes(centres: Iterable[int]) -> Branch:
    return Branch(_ORDERS, "o.centre_id = l.a", tuple((centre, "", "") for centre in centres))


def unit_lanes(units: Iterable[int], states: Iterable[str]) -> Branch:
    lanes = tuple((unit, state, "") for unit, state in product(units, states))
    return Branch(_ORDERS, "o.unit_id = l.a AND o.state = l.b", lanes)


def task_lanes(units: Iterable[int], states: Iterable[str]) -> Branch:
    lanes = tuple((unit, state, "") for unit, state in product(units, states))
    return Branch(_TASKS, "t.unit_id = l.a AND t.state = l.b", lanes)


def plea_lanes(centres: Iterable[int], kinds: Iterable[str], states: Iterable[str]) -> Branch:
    lanes = tuple(product(centres, kinds, states))
    return Branch(_PLEAS, "p.centre_id = l.a AND p.kind = l.b AND p.state = l.c", lanes)


def held_lane(staff: int) -> Branch:
    return Branch(_ORDERS, "o.holder_id = l.a", ((staff, "", ""),))


def handled_lanes(staff: int) -> tuple[Branch, Branch]:
    """What somebody took down, and what was given to somebody to write on (not what was claimed for five minutes)."""
    lane = ((staff, "", ""),)
    return (Branch(_ORDERS, "o.created_by_id = l.a", lane),
            Branch(_ORDERS, "o.holder_id = l.a AND o.held_until IS NULL AND o.created_by_id IS DISTINCT FROM l.a", lane))


def followed_lane(staff: int) -> Branch:
    return Branch(_FOLLOWED, "f.staff_id = l.a", ((staff, "", ""),))


@dataclass
class Lanes:
    """A whole list: branches, conditions over all of them, and the order of the rows.

    Every piece of SQL here is a constant of this room; whatever a person typed goes in as a value.
    """

    branches: tuple[Branch, ...]
    over: str
    sort: str
    where: Where = field(default_factory=Where)

    @property
    def keys(self) -> tuple[str, str]:
        return KEYS[self.over, self.sort]

    def page(self, size: int, cursor: Cursor | None) -> list[Place]:
        """At most `size` rows beyond the cursor, nearest first (so a page turned back comes upside down)."""
        at, tie = self.keys
        down = (self.sort == "new") != bool(cursor and cursor.back)
        way, sign = ("DESC", "<") if down else ("ASC", ">")
        values: dict[str, Any] = {"size": size}
        beyond = ""
        if cursor:
            beyond = f"AND ({at}, {tie}) {sign} (%(beyond_at)s, %(beyond_id)s)"
            values |= {"beyond_at": cursor.at, "beyond_id": cursor.subject}
        order = f"ORDER BY 1 {way}, 2 {way} LIMIT %(size)s"
        inner = (
            f"SELECT {at} AS at, {tie} AS subject, {ORDER_OF[self.over]} AS found "  # noqa: S608
            f"FROM {{source}} WHERE {{where}} {beyond} "
            f"ORDER BY {at} {way}, {tie} {way} LIMIT %(size)s"
        )
        sql, more = self._merged(inner)
        rows = _read(f"{sql} {order}", values | more)
        return [Place(found, subject, moment) for moment, subject, found in rows]

    def count(self, most: int = COUNT_MOST) -> int:
        """How many rows, counted no further than `most` + 1."""
        sql, more = self._merged("SELECT 1 FROM {source} WHERE {where} LIMIT %(size)s")
        counting = f"SELECT count(*) FROM ({sql} LIMIT %(size)s) AS counted"  # noqa: S608
        rows = _read(counting, more | {"size": most + 1})
        return int(rows[0][0])

    def _merged(self, inner: str) -> tuple[str, dict[str, Any]]:
        parts, values = [], dict(self.where.values)
        for place, branch in enumerate(self.branches):
            conditions = [branch.where, self.where.sql, *filter(None, [_INDEXED.get((self.over, self.sort))])]
            names = [f"{letter}{place}" for letter in "abc"]
            columns: tuple[list[Any], ...] = tuple(map(list, zip(*branch.lanes, strict=True))) or ([], [], [])
            values |= dict(zip(names, columns, strict=True))
            lanes = f"unnest(%({names[0]})s::bigint[], %({names[1]})s::text[], %({names[2]})s::text[]) AS l (a, b, c)"
            where = " AND ".join(conditions)
            body = inner.format(source=self._joined(branch.source, inner + where), where=where)
            parts.append(f"SELECT r.* FROM {lanes} CROSS JOIN LATERAL ({body}) AS r")  # noqa: S608
        return " UNION ALL ".join(parts), values

    def _joined(self, source: str, asked: str) -> str:
        """The source, with the orders beside it where something is asked of them: a unit's plain list does without."""
        joins = self.over != "orders" and "o." in asked
        return f"{source} JOIN workorders_workorder o ON o.id = {ORDER_OF[self.over]}" if joins else source


def _read(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
