"""Write the rows of one order in one trip: a single statement whose plan is kept, with all values in one parameter.

Nothing is filled in but the keys that are None. The statement is made from the models, so a new column is in it by
itself. A new order costs a third of what saving its rows one by one does (ADR 0006).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import models

from huying.audit.operations import ANCHOR_LOCK
from huying.audit.queries import quick
from huying.citizens.fields import SecretText

Rows = Sequence[models.Model]
Shape = tuple[tuple[type[models.Model], bool], ...]  # models in order, and whether their keys are given out here


def insert_together(*groups: Rows, also: str = "", values: Mapping[str, Any] | None = None) -> None:
    """Insert all rows of all groups, or none; a group holds rows of one model. Rows without a key get theirs.

    References among them must be by keys already known (`next_keys`). `also` is a fixed expression of SQL with its
    `values`, evaluated in the same trip. Raises IntegrityError like `save`.
    """
    filled = [group for group in groups if group]
    shape = tuple((type(group[0]), group[0].pk is None) for group in filled)
    rows = text([list(map(values_of, group)) for group in filled])
    given = quick(statement(shape, also), {"rows": rows, **(values or {})})
    assert given is not None
    for group, keys in zip(filled, given, strict=False):
        for at, row in enumerate(group):
            row.pk = keys[at] if keys else row.pk
            row._state.adding, row._state.db = False, "default"


def insert_values(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are values by column already (see `values_of`); they get keys if the first has none."""
    nameless = rows[0][str(model._meta.pk.column)] is None
    quick(statement(((model, nameless),), ""), {"rows": text([rows])})


@lru_cache(maxsize=100)
def statement(shape: Shape, also: str) -> str:
    """All inserts as parts of one statement. Foreign keys are checked at its end, so their order is free."""
    parts, ends = [], []
    for at, (model, nameless) in enumerate(shape):
        columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if not (nameless and field.primary_key))
        table, key = f'"{model._meta.db_table}"', f'"{model._meta.pk.column}"'
        parts.append(
            f"part_{at} AS (INSERT INTO {table} ({columns}) SELECT {columns}"  # noqa: S608  names only
            f" FROM json_populate_recordset(NULL::{table}, %(rows)s::json -> {at}) RETURNING {key} AS key)"
        )
        given_out = f"(SELECT array_agg(key ORDER BY key) FROM part_{at})"  # noqa: S608
        ends.append(given_out if nameless else "NULL")
    return f"WITH {', '.join(parts)} SELECT {', '.join([*ends, also] if also else ends)}"


def next_keys(*tables: str) -> tuple[int, ...]:
    """A key of each table, for rows that others must name before they are written; and the lock under which events
    are added (see `audit.operations.hold_anchor_lock`), which the same trip brings."""
    row = quick(_keys(tables), [ANCHOR_LOCK])
    assert row is not None
    return row[1:]


@lru_cache(maxsize=100)
def _keys(tables: tuple[str, ...]) -> str:
    return "SELECT pg_advisory_xact_lock_shared(%s), " + ", ".join(f"nextval('{table}_id_seq')" for table in tables)


def values_of(row: models.Model) -> dict[str, Any]:
    return {column: way(getattr(row, name)) if way else getattr(row, name) for column, name, way in ways(type(row))}


@lru_cache(maxsize=100)
def ways(model: type[models.Model]) -> list[tuple[str, str, Callable[[Any], Any] | None]]:
    """Of each column: its name, the attribute that holds it, and what turns its value into JSON when it is not that."""
    return [(str(field.column), field.attname, _way(field)) for field in model._meta.concrete_fields]


def _way(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    if isinstance(field, SecretText):
        return lambda value: hex_text(field.get_prep_value(value))
    if isinstance(field, models.BinaryField):
        return hex_text
    if isinstance(field, SearchVectorField):
        return vector
    return None


def vector(words: Sequence[str]) -> str:
    """A tsvector's text. Words are letters, digits and "=": nothing to escape."""
    return "'" + "' '".join(words) + "'" if words else ""


def hex_text(value: Any) -> str | None:
    return None if value is None else "\\x" + bytes(value).hex()


def text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_moment)


def _moment(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into a row")
