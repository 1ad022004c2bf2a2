"""Asked by the telephone: does this caller have something urgent in hand?"""

from huying.workorders.catalog import Urgency
from huying.workorders.models import WorkOrder
from huying.workorders.workflow import FINAL


def has_open_urgent_order(centre_id: int, phone_hash: bytes) -> bool:
    """Whether the person with this number has an urgent or critical order open; such a caller is never kept out (R216)."""
    rows = WorkOrder.objects.filter(contact__phone_hash=phone_hash, centre_id=centre_id).exclude(state__in=FINAL)
    return rows.filter(urgency__in=[Urgency.CRITICAL, Urgency.URGENT]).exists()
