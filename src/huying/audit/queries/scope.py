"""The second wall: PostgreSQL shows a connection only the centres it was told of (R207)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

from django.db import connection

from huying.audit.queries.quick import quick

ALL: Literal["*"] = "*"
Scope = Iterable[int] | str  # ids, "*" for all, or what `set_scope` gave back


def set_scope(scope: Scope) -> str:
    """Tell the connection; returns what was in force before."""
    text = scope if isinstance(scope, str) else ",".join(str(pk) for pk in scope)
    row = quick("SELECT current_setting('huying.centres', true), set_config('huying.centres', %s, false)", [text])
    return (row[0] if row else "") or ""


@contextmanager
def tenant_scope(scope: Scope) -> Iterator[None]:
    """Run the block with `scope` in force and put back what was there before.

    Inside a transaction that fails, PostgreSQL itself takes the setting back.
    """
    before = set_scope(scope)
    try:
        yield
    except BaseException:
        if not connection.needs_rollback and connection.is_usable():
            set_scope(before)
        raise
    else:
        set_scope(before)
