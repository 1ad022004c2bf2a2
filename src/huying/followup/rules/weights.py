"""How answers become a rate of satisfaction (R054): which levels count, and each with what weight."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huying.kernel.errors import Refusal
from huying.workorders.catalog import Satisfaction

LEVELS = tuple(Satisfaction)
FULL = 100


class BadScheme(Refusal):
    code = "bad_scheme"
    message = "满意度方案有误"


@dataclass(frozen=True, slots=True)
class Tally:
    """A rate as it is counted: `numerator` in hundredths of an answer, `denominator` in answers. Never rounded here."""

    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Weights:
    """Per level its weight in hundredths; a level that is left out counts on neither side."""

    by_level: Mapping[str, int]

    def tally(self, counts: Mapping[str, int]) -> Tally:
        """`counts`: answers per level."""
        counted = {level: number for level, number in counts.items() if level in self.by_level}
        return Tally(sum(self.by_level[level] * number for level, number in counted.items()), sum(counted.values()))


def parse_scheme(data: Mapping[str, Any]) -> Weights:
    """Read {"very": 100, "yes": 100, "fair": 80, "no": 0}. Raises BadScheme naming the level at fault."""
    wrong: dict[str, str] = {}
    for level, weight in data.items():
        if level not in set(LEVELS):
            raise BadScheme(f"没有“{level}”这个档位")
        if not isinstance(weight, int) or isinstance(weight, bool) or not 0 <= weight <= FULL:
            wrong[level] = "折算系数应为 0 到 1 之间，最多两位小数"
    if not data:
        raise BadScheme("至少有一个档位计入")
    if wrong:
        raise BadScheme(fields=wrong)
    return Weights(dict(data))
