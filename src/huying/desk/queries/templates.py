"""The special services an agent may choose."""

from huying.org.models import Centre
from huying.workorders.models import OrderTemplate
from huying.workorders.queries import find_template

GENERAL = "general"


def templates_for(centre: Centre) -> list[OrderTemplate]:
    """The template in force of every active code, the general one first; a centre's own goes before one above it."""
    codes = set(OrderTemplate.objects.filter(is_active=True).exclude(code=GENERAL).values_list("code", flat=True))
    owners = {*centre.lineage, None}
    rows = OrderTemplate.objects.filter(is_active=True, code__in=codes).order_by("id")
    own = list(dict.fromkeys(row.code for row in rows if row.centre_id in owners))
    return [find_template(centre, code) for code in (GENERAL, *own)]
