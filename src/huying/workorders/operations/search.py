"""Keep the words by which an order is found (R250)."""

from django.db import connection

from huying.text.tokens import bigrams
from huying.workorders.models import WorkOrder

WRITE = """
    INSERT INTO workorders_ordertext (order_id, centre_id, created_at, words) VALUES (%s, %s, %s, array_to_tsvector(%s))
    ON CONFLICT (order_id) DO UPDATE SET words = EXCLUDED.words
"""


def words_of(order: WorkOrder) -> list[str]:
    """Bigrams of title, content, place and answer."""
    return sorted(bigrams(f"{order.title}\n{order.content}\n{order.place}\n{order.answer}"))


def index_text(order: WorkOrder, *, fresh: bool = False) -> None:
    """Write the words of one order."""
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [order.pk, order.centre_id, order.created_at, words_of(order)])
