"""Administrative divisions for forms: the children of one, and the ones a few letters could mean."""

from collections.abc import Callable

from huying.org.models import Centre, Region


def region_children(parent: str) -> list[tuple[str, str]]:
    """(code, name) of the regions directly below the code `parent`; the cities for ""."""
    rows = Region.objects.filter(parent_id=parent or None)
    return list(rows.values_list("code", "name"))


def regions_of(centre: Centre | None) -> Callable[[str], list[tuple[str, str]]]:
    """As `region_children`, with the centre's own city as the only one on top (all cities for a province)."""
    region = centre.region if centre else None
    city = (region.code[:4] if region else "")

    def children(parent: str) -> list[tuple[str, str]]:
        found = region_children(parent)
        own = [pair for pair in found if pair[0].startswith(city)]
        return own if not parent and own else found

    return children


def find_regions(text: str, *, within: str = "", limit: int = 8) -> list[Region]:
    """Regions whose name begins with or holds `text`, the larger ones first; `within` is the beginning of a code."""
    rows = Region.objects.filter(code__startswith=within, name__contains=text.strip()) if text.strip() else Region.objects.none()
    return sorted(rows.order_by("level", "code")[:200], key=lambda r: (not r.name.startswith(text), r.level))[:limit]
