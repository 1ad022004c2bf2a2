from huying.audit.models.access import Access
from huying.audit.models.anchor import Anchor
from huying.audit.models.event import Chained, Event

__all__ = ["Access", "Anchor", "Chained", "Event"]
