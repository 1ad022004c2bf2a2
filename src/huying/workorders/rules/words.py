"""The words under which an order is filed and found (R250): bigrams of its text and a few facets, by slice of time.

Every word begins with the slice of days in which the order was made. The posting lists of a common word are thereby
cut into short pieces, and a search that begins with the newest slice reads only as many of them as it needs: a common
word is found as quickly as a rare one. A facet ("=khelp") begins with a sign no text word contains.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from huying.text.tokens import bigrams, query_bigrams

SLICE_DAYS = 3
_DAY = 86_400
_REGION_LENGTHS = (4, 6, 9, 12)


def slice_of(at: datetime) -> str:
    """The slice of an aware moment, four hexadecimal digits. The function `order_search` counts the same way."""
    return f"{int(at.timestamp()) // (_DAY * SLICE_DAYS):04x}"


def filed_words(at: datetime, texts: Iterable[str], facets: Iterable[str]) -> list[str]:
    """Everything an order made at `at` is filed under, sorted."""
    prefix = slice_of(at)
    return sorted(prefix + word for word in {*bigrams("\n".join(texts)), *facets})


def wanted_words(text: str, facets: Iterable[str] = ()) -> list[str]:
    """The words an order must have to match, without their slice; "港*" asks for a word that begins so.

    Empty for a text without letter or digit and no facet: it finds nothing.
    """
    return sorted({*query_bigrams(text), *facets})


def facets_of(*, kind: str, urgency: str, channel: str, template: int | None, region: str) -> list[str]:
    """The facets of an order: what lists are filtered by and hardly ever changes."""
    found = [facet(name, value) for name, value in (("k", kind), ("u", urgency), ("c", channel), ("t", template)) if value]
    return found + [facet("r", region[:length]) for length in _REGION_LENGTHS if len(region) >= length]


def facet(name: str, value: object) -> str:
    return f"={name}{value}"


def region_key(code: str) -> str:
    """The leading digits that every division within `code` shares: a city's four, a district's six and so on."""
    return code[:4] if len(code) == 6 and code.endswith("00") else code


FACET_FILTERS: Mapping[str, str] = {"kind": "k", "urgency": "u", "channel": "c", "template": "t", "region": "r"}
