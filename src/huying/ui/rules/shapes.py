"""Numbers and codes as people read them."""

DEFAULT_GROUPS = (6, 2, 8, 5, 1)
"""Region, channel, day, sequence, check digit: the default order number of rules.md 3.3."""


def number_groups(number: str) -> list[str]:
    """The parts of an order number, to be shown apart; a number of another pattern is cut at its hyphens."""
    if not number.isdigit() or len(number) != sum(DEFAULT_GROUPS):
        parts = number.split("-")
        return [part + "-" for part in parts[:-1]] + parts[-1:]
    groups, start = [], 0
    for length in DEFAULT_GROUPS:
        groups.append(number[start : start + length])
        start += length
    return groups


def percent(part: int, whole: int) -> str:
    """`88.50%`: two decimals, half up, in whole numbers so that no float decides the last digit; `—` of nothing."""
    if whole == 0:
        return "—"
    hundredths = (abs(part) * 20_000 + whole) // (2 * whole)
    return f"{'-' if part < 0 else ''}{hundredths // 100}.{hundredths % 100:02d}%"


def percent_fraction(part: int, whole: int) -> str:
    """A percentage with the fraction it comes from: `88.50%（885/1000）`."""
    return f"{percent(part, whole)}（{part}/{whole}）"


def count_words(count: int | None, *, capped: bool = False) -> str:
    """`共 885 条`; a count that stopped early says so: `1000+ 条`."""
    if count is None:
        return ""
    return f"{count}+ 条" if capped else f"共 {count} 条"
