"""What a caller said, as an exit of the step: by the words that stand at its exits. Pure (R227)."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

EXITS = "1234567890"
SILENT, UNCLEAR, FAILED = "silent", "unclear", "failed"
MOST_LETTERS = 500
_BETWEEN = re.compile(r"[、，,;；\s]+")
_NOISE = re.compile(r"[\W_]+")


def words_at(node: Mapping[str, Any]) -> dict[str, list[str]]:
    """Exit -> the words that lead there, of a step as it stands in a flow."""
    said = node.get("options") or {}
    found = {key: words_of(str(said.get(f"words{key}") or "")) for key in EXITS}
    return {key: words for key, words in found.items() if words}


def words_of(text: str) -> list[str]:
    """"社保、医保卡" -> the words, each once."""
    return list(dict.fromkeys(word for word in _BETWEEN.split(text.strip()) if plain(word)))


def plain(text: str) -> str:
    """Only letters, signs and digits, small and of one width: what two ways of writing have in common."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


def exit_for(text: str, words: Mapping[str, list[str]]) -> str:
    """The exit with the longest of the words found in `text`; of equals the one said first; "" for none."""
    said = plain(text[:MOST_LETTERS])
    found = [
        (-len(wanted), said.index(wanted), key) for key, every in words.items() for word in every if (wanted := plain(word)) in said
    ]
    return min(found)[2] if found else ""


def exit_of_intent(intent: str, words: Mapping[str, list[str]]) -> str:
    """What an understander answered: an exit itself, or one of the words at an exit, whole; "" for anything else."""
    if intent in words:
        return intent
    wanted = plain(intent)
    return next((key for key, every in words.items() if wanted in map(plain, every)), "") if wanted else ""
