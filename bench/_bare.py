"""The rows of an order as the API writes them, written again by bare psycopg: the yardstick of `bench/orders.py`.

It takes the rows of some orders that the API has just created, and writes them anew under new numbers: the same tables
and columns, the same order of statements, one transaction per order, values ready made (no checks, no ciphers, no hash
chain, no JSON to read), as the same login behind the same row-level security. The worker has the same to do after it.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

SAMPLES = 40
COUNT = """
    INSERT INTO workorders_numbercounter AS c (key, value) VALUES ('bench', 1)
    ON CONFLICT (key) DO UPDATE SET value = c.value + 1 RETURNING value
"""
JOB = """
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW('messages', 'huying.messaging.tasks.deliver_message', 0, NULL, NULL, %s, NULL)::procrastinate_job_to_defer_v1])
"""


@dataclass
class Sample:
    """The rows of one order by table, in the order in which they are written."""

    caller: dict[str, Any]
    contact: dict[str, Any]
    order: dict[str, Any]
    clocks: list[dict[str, Any]]
    event: dict[str, Any]
    text: dict[str, Any]
    message: dict[str, Any] | None
    key: dict[str, Any]


def session(alias: str) -> "psycopg.Connection[Any]":
    about = connections[alias].settings_dict
    return psycopg.connect(
        host=about["HOST"], port=about["PORT"], user=about["USER"], password=about["PASSWORD"], dbname=about["NAME"],
        autocommit=True, row_factory=dict_row, options=about["OPTIONS"].get("options", ""),
    )


class Bare:
    """`write` is one client; `rows` is how many rows one order has."""

    def __init__(self, clients: int) -> None:
        with session("owner") as owner:
            self.samples = [read(owner, row) for row in owner.execute(
                "SELECT * FROM workorders_workorder ORDER BY id DESC LIMIT %s", [SAMPLES]).fetchall()]
        first = self.samples[0]
        self.rows = 7 + len(first.clocks) + 3 * (first.message is not None)  # the job has a row of its own events
        self.sessions = [session("default") for _ in range(clients)]
        self.numbers = [session("numbers") for _ in range(clients)]
        for one in self.sessions:
            one.execute("SELECT set_config('huying.centres', %s, false)", [str(first.order["centre_id"])])

    def write(self, number: int, go_on: Callable[[], bool]) -> int:
        rng, made = random.Random(), 0
        while go_on():
            self.numbers[number].execute(COUNT).fetchone()
            with self.sessions[number].transaction():
                write(self.sessions[number], rng.choice(self.samples))
            made += 1
        return made

    def close(self) -> None:
        for one in (*self.sessions, *self.numbers):
            one.close()


def read(owner: "psycopg.Connection[Any]", order: dict[str, Any]) -> Sample:
    def one(query: str, value: Any) -> dict[str, Any]:
        return owner.execute(query, [value]).fetchone() or {}

    pk = order["id"]
    message = one("SELECT * FROM messaging_message WHERE subject_stream = 'order' AND subject_id = %s", pk)
    return Sample(
        caller=one("SELECT * FROM citizens_caller WHERE id = %s", order["caller_id"]),
        contact=one("SELECT * FROM citizens_contact WHERE id = %s", order["contact_id"]), order=order,
        clocks=owner.execute("SELECT * FROM workorders_clock WHERE order_id = %s ORDER BY id", [pk]).fetchall(),
        event=one("SELECT * FROM audit_event WHERE stream = 'order' AND stream_id = %s", pk),
        text=one(
            "SELECT order_id, centre_id, created_at, tsvector_to_array(words) words FROM workorders_ordertext"
            " WHERE order_id = %s", pk),
        message={**message, "state": "queued", "attempts": 0, "gateway": "", "sent_at": None, "done_at": None} if message else None,
        key=one("SELECT * FROM workorders_idempotencykey WHERE number = %s", order["number"]),
    )


def write(session: "psycopg.Connection[Any]", sample: Sample) -> None:
    """One order, statement by statement."""
    fresh = uuid.uuid4()
    caller = insert(session, "citizens_caller", sample.caller, phone_hash=fresh.bytes * 2)
    contact = insert(session, "citizens_contact", sample.contact, caller_id=caller, phone_hash=fresh.bytes * 2)
    order = insert(session, "workorders_workorder", sample.order, number=fresh.hex, contact_id=contact, caller_id=caller)
    insert_all(session, "workorders_clock", [{**clock, "order_id": order} for clock in sample.clocks])
    insert(session, "audit_event", sample.event, stream_id=order)
    session.execute(
        "INSERT INTO workorders_ordertext (order_id, centre_id, created_at, words) VALUES (%s, %s, %s, array_to_tsvector(%s))",
        [order, sample.text["centre_id"], sample.text["created_at"], sample.text["words"]],
    )
    if sample.message:
        message = insert(session, "messaging_message", sample.message, subject_id=order)
        session.execute(JOB, [Jsonb({"message_id": message})])
    insert(session, "workorders_idempotencykey", sample.key, key=fresh.hex)


def insert(session: "psycopg.Connection[Any]", table: str, row: dict[str, Any], **changes: Any) -> int:
    row = {**row, **changes}
    row.pop("id", None)
    found: int = session.execute(statement(table, tuple(row)), values(row)).fetchone()["id"]  # type: ignore[index]
    return found


def insert_all(session: "psycopg.Connection[Any]", table: str, rows: list[dict[str, Any]]) -> None:
    rows = [{name: value for name, value in row.items() if name != "id"} for row in rows]
    session.execute(statement(table, tuple(rows[0]), len(rows)), [value for row in rows for value in values(row)])


_statements: dict[Any, str] = {}


def statement(table: str, columns: tuple[str, ...], count: int = 1) -> str:
    """The text is made once per table: what is measured is the writing."""
    key = (table, columns, count)
    if key not in _statements:
        one = sql.SQL("({})").format(sql.SQL(", ").join(sql.Placeholder() * len(columns)))
        _statements[key] = sql.SQL("INSERT INTO {} ({}) VALUES {} RETURNING id").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join([one] * count),
        ).as_string()
    return _statements[key]


def values(row: dict[str, Any]) -> list[Any]:
    return [Jsonb(value) if isinstance(value, dict) else value for value in row.values()]
