"""Orders looked up from the intake page: by number or phone, else by words."""

from huying.org.policies import Actor
from huying.workorders.models import WorkOrder
from huying.workorders.queries.filters import Filters
from huying.workorders.queries.search import direct_hits, search_page

LIMIT = 10


def found_orders(actor: Actor, asked: str) -> list[WorkOrder]:
    """The orders named outright, else up to LIMIT of the last 90 days that hold every word, the newest first."""
    lines = direct_hits(actor, asked) or search_page(actor, Filters(text=asked), size=LIMIT).lines
    return [line.order for line in lines[:LIMIT]]
