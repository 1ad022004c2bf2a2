"""Search tokens of Chinese text: every pair of neighbouring letters, so that any substring can be found.

Index `bigrams(text)`; look up `query_bigrams(query)` (all of them must be there); `matches` rules out the rare text
that holds the pairs but not the word. Both sides drop whatever is neither letter nor digit.
"""

import unicodedata
from itertools import pairwise

PREFIX = "*"


class _Letters(dict[int, str]):
    """A translate table that learns: full-width to plain, capitals folded, accents and punctuation dropped.

    Letter by letter (NFKD, not NFKC, which looks at neighbours), so that a part of a text normalises to a part of
    the normalised text: without that a substring could be lost.
    """

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        self[code] = "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")
        return self[code]


_LETTERS = _Letters()


def normalise(text: str) -> str:
    """Return the letters and digits of a text in one form; its substrings are what a search can find."""
    return text.translate(_LETTERS)


def bigrams(text: str) -> set[str]:
    """Return every pair of neighbours in the normalised text, and its last letter alone.

    The last letter begins no pair; with it every letter of the text begins some token, so a search for a single
    letter is a prefix search.
    """
    letters = normalise(text)
    return {*map("".join, pairwise(letters)), *letters[-1:]}


def query_bigrams(query: str) -> set[str]:
    """Return the tokens a text must have to match; blanks separate words that may stand apart.

    A word of one letter gives that letter with PREFIX ("港*"): some token must begin with it. Empty for a query
    without a letter, which can find nothing.
    """
    tokens: set[str] = set()
    for word in words(query):
        tokens |= {word + PREFIX} if len(word) == 1 else {word[at : at + 2] for at in range(len(word) - 1)}
    return tokens


def words(query: str) -> list[str]:
    """Return the normalised words of a query, without the empty ones."""
    return [word for word in map(normalise, query.split()) if word]


def tsquery(query: str) -> str:
    """Return the tokens of a query as PostgreSQL tsquery text over `array_to_tsvector(bigrams)`; "" finds nothing.

    Safe to pass on: tokens are letters and digits only.
    """
    return " & ".join(
        f"'{token[0]}':*" if token.endswith(PREFIX) else f"'{token}'" for token in sorted(query_bigrams(query))
    )


def matches(text: str, query: str) -> bool:
    """Say whether the text truly holds every word of the query; False for a query without a letter."""
    letters, wanted = normalise(text), words(query)
    return bool(wanted) and all(word in letters for word in wanted)


def highlight(text: str, query: str) -> list[tuple[str, bool]]:
    """Cut a text into segments, True where a word of the query stands; joined they are the text again."""
    hits = _hits(text, words(query))
    segments: list[tuple[str, bool]] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or hits[at] != hits[start]:
            segments.append((text[start:at], hits[start]))
            start = at
    return segments


def _hits(text: str, wanted: list[str]) -> list[bool]:
    """Mark the characters of `text` between the first and last letter of each occurrence, punctuation included."""
    places = [at for at, sign in enumerate(text) for _ in normalise(sign)]
    letters, hits = normalise(text), [False] * len(text)
    for word in wanted:
        at = letters.find(word)
        while at >= 0:
            first, last = places[at], places[at + len(word) - 1]
            hits[first : last + 1] = [True] * (last + 1 - first)
            at = letters.find(word, at + 1)
    return hits
