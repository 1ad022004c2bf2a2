"""A number hidden in a recording's sound, so that a copy says which download it came from: after cutting, converting, playing
off at another loudness. Pure (R154, R221).

Each bit is a second's eighth of faint noise, the same each time, added or taken away; 48 bits (number and check) follow each
other round and round, so any six seconds hold them. The ear hears a little hiss at most: the noise is 26 dB below the voice.
"""

import array
import hashlib
import zlib
from collections.abc import Sequence
from itertools import repeat
from operator import add, mul, sub

STRETCH = 1000
"""Samples of one bit."""

NUMBER, CHECK = 32, 16
BITS = NUMBER + CHECK
FAINTEST = 24
"""Of 32768; where nobody speaks."""

SHARE = 0.05
TOP = 32767
LISTENED = 20
"""Stretches by which their beginning is found."""


def _chips() -> list[int]:
    """Noise of +1 and -1, for ever the same."""
    noise = hashlib.shake_256(b"huying recording mark 1").digest(STRETCH // 8)
    return [1 if byte >> bit & 1 else -1 for byte in noise for bit in range(8)]


CHIPS = _chips()

def embed(samples: "array.array[int]", number: int) -> "array.array[int]":
    """16 bit samples with `number` (32 bits) in them. Raises ValueError."""
    if not 0 <= number < 2**NUMBER:
        raise ValueError(number)
    bits, made = bits_of(number), array.array("h")
    noises: dict[int, list[int]] = {}
    for place, begin in enumerate(range(0, len(samples), STRETCH)):
        part = samples[begin : begin + STRETCH]
        loud = (sum(map(mul, part, part)) / len(part)) ** 0.5
        size = max(FAINTEST, round(loud * SHARE)) * bits[place % BITS]
        noise = noises.setdefault(size, [size * chip for chip in CHIPS])
        made.extend(map(max, map(min, map(add, part, noise), repeat(TOP)), repeat(-TOP)))
    return made


def bits_of(number: int) -> list[int]:
    """+1 and -1."""
    word = number << CHECK | check_of(number)
    return [1 if word >> place & 1 else -1 for place in reversed(range(BITS))]


def check_of(number: int) -> int:
    return zlib.crc32(number.to_bytes(NUMBER // 8, "big")) & 0xFFFF


def read(samples: Sequence[int]) -> int | None:
    """The number in a sound, wherever it was cut; None where none is found."""
    sharp = edges(samples)
    begin = beginning(sharp)
    sums = [0.0] * BITS
    for place, start in enumerate(range(begin, len(sharp) - STRETCH + 1, STRETCH)):
        sums[place % BITS] += likeness(sharp[start : start + STRETCH])
    for turn in range(BITS):
        word = sum((sums[(turn + place) % BITS] > 0) << (BITS - 1 - place) for place in range(BITS))
        number = word >> CHECK
        if word and check_of(number) == word & (2**CHECK - 1):
            return number
    return None


def edges(samples: Sequence[int]) -> list[int]:
    """The change of the change from sample to sample: a voice is in the low tones, the noise in all. Loud moments count no
    more than three times the usual."""
    change = list(map(sub, samples[1:], samples))
    sharp = list(map(sub, change[1:], change))
    most = 3 * (sum(map(abs, sharp)) // (len(sharp) or 1)) or 1
    return list(map(max, map(min, sharp, repeat(most)), repeat(-most)))


def beginning(sharp: Sequence[int]) -> int:
    """Where stretches begin: there, all of them are most like the noise, added or taken away."""
    parts = min(LISTENED, len(sharp) // STRETCH - 1)
    if parts < 1:
        return 0
    step = max(1, (len(sharp) // STRETCH - 1) // parts) * STRETCH
    starts = [step * part for part in range(parts)]
    return max(range(STRETCH), key=lambda at: sum(abs(likeness(sharp[s + at : s + at + STRETCH])) for s in starts))


def likeness(part: Sequence[int]) -> float:
    """To the noise, from -1 to 1 whatever the loudness."""
    size = sum(map(mul, part, part))
    return sum(map(mul, part, EDGES)) / size**0.5 / EDGE_SIZE if size else 0.0


EDGES = edges(CHIPS * 3)[STRETCH : 2 * STRETCH]
"""The noise as `edges` makes it."""

EDGE_SIZE = sum(map(mul, EDGES, EDGES)) ** 0.5
