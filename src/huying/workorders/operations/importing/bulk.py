"""Insert rows by the thousand: as `operations.rows` does for one order, in batches.

COPY would be quicker still, but PostgreSQL does not allow it where row-level security is in force.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from huying.workorders.models import OrderText, WorkOrder
from huying.workorders.operations.rows import insert_together, insert_values, values_of
from huying.workorders.operations.search import words_of

AT_ONCE = 1000


class Form:
    """A row with what all rows of one import share, to be filled in by column.

    To make a model and take it apart again for each row would take half of the time of an import.
    """

    def __init__(self, row: models.Model) -> None:
        self.model = type(row)
        self.same = values_of(row)

    def filled(self, **values: Any) -> dict[str, Any]:
        """`values` as JSON has them: times as ISO 8601, bytes as `rows.hex_text`, words as `rows.vector`."""
        return self.same | values

    def insert(self, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            insert_values(self.model, rows)


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Write rows of one model as they are: nothing is filled in, `auto_now_add` neither, save keys that are None."""
    for start in range(0, len(rows), AT_ONCE):
        insert_together(rows[start : start + AT_ONCE])


def index_rows(orders: Sequence[WorkOrder]) -> None:
    """The words under which new orders are found."""
    insert_rows([
        OrderText(order_id=order.pk, centre_id=order.centre_id, created_at=order.created_at, words=words_of(order))
        for order in orders
    ])


def new_keys(model: type[models.Model], count: int) -> list[int]:
    """Keys for rows that others must name before they are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count]
        )
        return [row[0] for row in cursor.fetchall()]
