"""The four levels of place a centre is there for."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from huying.org.models import Centre, Region

Children = Callable[[str], Sequence[tuple[str, str]]]


def children_of(centre: Centre) -> Children:
    """For `ui.fields.RegionField`: what lies in a division; above the centre's own only the way down to it."""
    way: list[Region] = []
    region = centre.region
    while region is not None:
        way.insert(0, region)
        region = region.parent
    next_down = {above.pk: below for above, below in pairwise(way)}

    def children(code: str) -> Sequence[tuple[str, str]]:
        if code == "" and way:
            return [(way[0].pk, way[0].name)]
        if code in next_down:
            return [(next_down[code].pk, next_down[code].name)]
        rows = Region.objects.filter(parent_id=code) if code else Region.objects.filter(level=Region.Level.CITY)
        return list(rows.values_list("code", "name"))

    return children


def chosen_names(code: str) -> str:
    """The full name of a division, "" for none."""
    return Region.objects.filter(pk=code).values_list("full_name", flat=True).first() or "" if code else ""
