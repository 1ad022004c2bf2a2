"""How alike two orders read, for "similar orders" beside the intake form: cheap, without a model."""

import heapq
from collections.abc import Hashable, Iterable
from math import sqrt
from typing import TypeVar

from huying.text.tokens import bigrams

Key = TypeVar("Key", bound=Hashable)


def likeness(one: str, other: str) -> float:
    """Return 0.0 (no pair of letters in common) to 1.0 (the same pairs): cosine of the sets of letter pairs.

    Order and number of repeats do not count; a text without letters is like nothing.
    """
    return _cosine(bigrams(one), bigrams(other))


def most_alike(
    text: str, candidates: Iterable[tuple[Key, str]], *, limit: int = 5, floor: float = 0.15
) -> list[tuple[Key, float]]:
    """Return up to `limit` (key, likeness) of the candidates at or above `floor`, the most alike first.

    Equally alike ones keep the order they came in. Meant for some hundred candidates that a search brought up.
    """
    pairs = bigrams(text)
    scored = ((key, _cosine(pairs, bigrams(candidate))) for key, candidate in candidates)
    return heapq.nlargest(limit, (row for row in scored if row[1] >= floor), key=lambda row: row[1])


def _cosine(one: set[str], other: set[str]) -> float:
    if not one or not other:
        return 0.0
    return len(one & other) / sqrt(len(one) * len(other))
