"""Places by name: the four levels below a centre's city, found by what is typed."""

from collections.abc import Sequence

from huying.kernel.errors import Refusal
from huying.org.models import Centre, Region
from huying.ui.fields import Children

SHOWN = 12


class PlaceUnclear(Refusal):
    code = "place_unclear"
    message = "没有找到这个地方"


def root_of(centre: Centre) -> Region | None:
    """The city at the top of the centre's region; None for a centre without one, which sees every city."""
    region = centre.region
    while region is not None and region.parent is not None:
        region = region.parent
    return region


def children_of(centre: Centre) -> Children:
    """What `ui.fields.RegionField` asks for, each level read once."""
    root, known = root_of(centre), {}  # type: Region | None, dict[str, list[tuple[str, str]]]

    def children(parent: str) -> Sequence[tuple[str, str]]:
        if parent not in known:
            rows = Region.objects.filter(parent_id=parent or None)
            if not parent and root is not None:
                rows = Region.objects.filter(pk=root.pk)
            known[parent] = list(rows.values_list("code", "name"))
        return known[parent]

    return children


def places_like(centre: Centre, text: str) -> list[tuple[Region, str]]:
    """Up to SHOWN places whose full name holds the typed words, the narrower name first, with the name to show."""
    words = text.split()
    if not words:
        return []
    root = root_of(centre)
    rows = Region.objects.filter(level__gt=Region.Level.CITY)
    if root is not None:
        rows = rows.filter(full_name__startswith=root.full_name)
    for word in words:
        rows = rows.filter(full_name__contains=word)
    found = sorted(rows.order_by("code")[: SHOWN * 8], key=lambda row: (words[-1] not in row.name, row.level, row.code))
    return [(row, short_name(row, root)) for row in found[:SHOWN]]


def short_name(region: Region, root: Region | None) -> str:
    """The full name without the city everybody knows."""
    return region.full_name.removeprefix(root.full_name) if root and region != root else region.full_name


def place_named(centre: Centre, text: str) -> Region:
    """The one place of that name. Raises PlaceUnclear, which lists the places when there are several."""
    found = places_like(centre, text)
    exact = [row for row, name in found if text.strip() in {name, row.name, row.full_name}]
    chosen = exact or [row for row, _ in found]
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        raise PlaceUnclear(f"没有找到“{text[:20]}”，请改用下拉选择", fields={"place_find": "没有找到这个地方"})
    names = "、".join(name for row, name in found if row in chosen)
    raise PlaceUnclear(fields={"place_find": f"有 {len(chosen)} 处：{names}，请写全一些"})
