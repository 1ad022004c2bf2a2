"""Keep the words by which an order is found (R250)."""

from django.db import connection

from huying.workorders.models import WorkOrder
from huying.workorders.rules.words import facets_of, filed_words

ADD = """
    INSERT INTO workorders_ordertext (order_id, centre_id, created_at, words) VALUES (%s, %s, %s, array_to_tsvector(%s))
"""
CHANGE = "UPDATE workorders_ordertext SET words = array_to_tsvector(%s) WHERE order_id = %s"


def words_of(order: WorkOrder) -> list[str]:
    """Bigrams of title, content, place and answer, and the facets, all under the slice of time of `created_at`."""
    facets = facets_of(
        kind=order.kind, urgency=order.urgency, channel=order.channel, template=order.template_id,
        region=order.region_id or "",
    )
    return filed_words(order.created_at, (order.title, order.content, order.place, order.answer), facets)


def index_text(order: WorkOrder, *, fresh: bool = False) -> None:
    """Write the words of one order; `fresh` when it has just been created."""
    words = words_of(order)
    with connection.cursor() as cursor:
        if fresh:
            cursor.execute(ADD, [order.pk, order.centre_id, order.created_at, words])
        else:
            cursor.execute(CHANGE, [words, order.pk])
