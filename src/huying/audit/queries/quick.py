"""One statement, planned once per session: for the few that run with every request.

Django writes the values into the text of a statement, so that PostgreSQL reads and plans it anew each time. Here the
values travel apart and the plan is kept. HUYING_PREPARE=0 forgoes that, for a pooler that cannot keep plans.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections


def quick(sql: str, values: Sequence[Any] | Mapping[str, Any], *, using: str = DEFAULT_DB_ALIAS) -> tuple[Any, ...] | None:
    """The first row, None when there is none, on Django's own session and in its transaction.

    `sql` is one of a fixed few. Raises what Django's cursor raises.
    """
    connection = connections[using]
    connection.validate_no_broken_transaction()
    connection.ensure_connection()
    raw = connection.connection
    if settings.DATABASE_PREPARES and raw.prepare_threshold is None:
        raw.prepare_threshold = 0  # at once; Django's own cursors never prepare, whatever is set here
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    if connection.queries_logged:
        connection.queries_log.append({"sql": sql, "time": "?"})
    return row
