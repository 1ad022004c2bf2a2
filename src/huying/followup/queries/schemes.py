"""By which weights a centre counts satisfaction (R054)."""

from huying.followup.models import Scheme
from huying.followup.rules import Weights, parse_scheme
from huying.org.models import Centre
from huying.workorders.catalog import Satisfaction

SHIPPED = {str(Satisfaction.VERY): 100, str(Satisfaction.YES): 100, str(Satisfaction.FAIR): 100, str(Satisfaction.NO): 0}
"""“基本满意”算满意 (K3-04); a scheme of the centre's own may weigh it less (rules.md D26: 0.8)."""


def schemes_of(centre: Centre) -> list[Scheme]:
    """Of the centre and those above it, the newest first."""
    return list(Scheme.objects.filter(centre_id__in=centre.lineage).select_related("created_by").order_by("-id"))


def scheme_in_force(centre: Centre) -> tuple[str, Weights]:
    """Name and weights: the centre's own newest, else that of the nearest centre above, else the shipped one."""
    rows = {row.centre_id: row for row in Scheme.objects.filter(centre_id__in=centre.lineage).order_by("id")}
    for owner in reversed(centre.lineage):
        if owner in rows:
            return rows[owner].name, parse_scheme(rows[owner].weights)
    return "默认方案", parse_scheme(SHIPPED)
