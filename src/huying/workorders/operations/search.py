"""Keep the words by which an order is found (R250)."""

from huying.audit.queries import quick
from huying.workorders.models import WorkOrder
from huying.workorders.rules.words import facets_of, filed_words

CHANGE = "UPDATE workorders_ordertext SET words = array_to_tsvector(%s) WHERE order_id = %s RETURNING order_id"


def words_of(order: WorkOrder) -> list[str]:
    """Bigrams of title, content, place and answer, and the facets, all under the slice of time of `created_at`."""
    facets = facets_of(
        kind=order.kind, urgency=order.urgency, channel=order.channel, template=order.template_id,
        region=order.region_id or "",
    )
    return filed_words(order.created_at, (order.title, order.content, order.place, order.answer), facets)


def index_text(order: WorkOrder) -> None:
    """Write the words of an order anew. Those of a new one are written with it (`create`)."""
    quick(CHANGE, [words_of(order), order.pk])
