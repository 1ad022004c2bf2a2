"""Insert many rows in one statement with one parameter: three times as quick as `bulk_create`.

COPY would be quicker still, but PostgreSQL does not allow it where row-level security is in force.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, models

from huying.citizens.fields import SecretText
from huying.workorders.models import OrderText, WorkOrder
from huying.workorders.operations.search import words_of

AT_ONCE = 1000


def insert_rows(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Write the rows as they are: nothing is filled in, `auto_now_add` neither. Keys that are None are given out."""
    for start in range(0, len(rows), AT_ONCE):
        _insert(model, rows[start : start + AT_ONCE])


def index_rows(orders: Sequence[WorkOrder]) -> None:
    """The words under which new orders are found."""
    sql = f"""
        INSERT INTO {OrderText._meta.db_table} (order_id, centre_id, created_at, words)
        SELECT order_id, centre_id, created_at, array_to_tsvector(words) FROM
        json_to_recordset(%s::json) AS row (order_id bigint, centre_id bigint, created_at timestamptz, words text[])
    """  # noqa: S608
    for start in range(0, len(orders), AT_ONCE):
        rows = [
            {"order_id": order.pk, "centre_id": order.centre_id, "created_at": order.created_at, "words": words_of(order)}
            for order in orders[start : start + AT_ONCE]
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, [_text(rows)])


def next_keys(model: type[models.Model], count: int) -> list[int]:
    """Keys for rows that others must name before they are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def _insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    given_out = rows[0].pk is None
    fields = [field for field in model._meta.concrete_fields if not (given_out and field.primary_key)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = f'"{model._meta.db_table}"'
    ways = [(field.column, field.attname, _way(field)) for field in fields]
    text = _text({column: way(getattr(row, name)) for column, name, way in ways} for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)",  # noqa: S608
            [text],
        )


def _way(field: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    """How a field's value gets into JSON so that PostgreSQL reads the same value back."""
    if isinstance(field, SecretText):
        return lambda value: _hex(field.get_prep_value(value))
    return _hex if isinstance(field, models.BinaryField) else lambda value: value


def _hex(value: Any) -> str | None:
    return None if value is None else "\\x" + bytes(value).hex()


def _text(rows: Iterable[Any]) -> str:
    return json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"), default=_moment)


def _moment(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into a bulk insert")
