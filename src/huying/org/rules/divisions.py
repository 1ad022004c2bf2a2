"""Lines of a file of administrative divisions (GB/T 2260, 统计用区划代码) read as regions of four levels (R178).

Two kinds of files are known by their header: `id,pid,deep,name,…,ext_id,ext_name` (cities as four digits) and
`code,name[,…]` (6 digits for a district, 9 for a street, 12 for a community; the parent is the beginning of the code).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CITY, DISTRICT, STREET, COMMUNITY = 1, 2, 3, 4
LONGEST_NAME = 60
HEADERS = ({"id", "pid", "deep", "ext_name"}, {"code", "name"})


class BadLine(ValueError):
    """Why a line cannot be a region, in Chinese."""


@dataclass(frozen=True, slots=True)
class Division:
    """`parent` is "" for a city."""

    code: str
    parent: str
    name: str
    level: int


def known_header(names: Iterable[str]) -> bool:
    return any(header <= set(names) for header in HEADERS)


def is_under(code: str, under: str) -> bool:
    """Whether `code` lies within `under` (any of its spellings) or above it; everything lies under ""."""
    top = trimmed(under)
    return trimmed(code).startswith(top) or top.startswith(trimmed(code))


def trimmed(code: str) -> str:
    """A code without the zeros that only fill: 450600000000, 450600 and 4506 are all 4506."""
    for length in (12, 9):
        if len(code) == length and code.endswith("000"):
            code = code[:-3]
    return code[:4] if len(code) == 6 and code.endswith("00") else code


def normal(code: str, level: int = 0) -> str:
    """The spelling kept as the key: 6, 9 or 12 digits. Raises BadLine.

    Nine digits that end in 000 may be a street (150524000 is one) unless `level` says that a city or district is meant.
    """
    short = code if len(code) == 9 and level not in {CITY, DISTRICT} else trimmed(code)
    if not short.isascii() or not short.isdigit() or len(short) not in {4, 6, 9, 12}:
        raise BadLine(f"区划代码“{code}”应为 4、6、9 或 12 位数字")
    return short.ljust(6, "0")


def division(row: Mapping[str, str | None]) -> Division | None:
    """The region of one line, None for a province (which is no region here). Raises BadLine."""
    cells = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    name = cells.get("ext_name") or cells.get("name", "")
    raw = cells.get("id") or cells.get("code", "")
    if not raw:
        raise BadLine("缺少区划代码")
    if cells.get("deep") == "0" or ("deep" not in cells and raw.isdigit() and len(raw.rstrip("0")) <= 2):
        return None
    if not name:
        raise BadLine("缺少名称")
    if len(name) > LONGEST_NAME:
        raise BadLine(f"名称超过 {LONGEST_NAME} 个字")
    if "deep" in cells:
        return _by_depth(raw, name, cells)
    code = normal(raw)
    return Division(code, parent_of(code), name, level_of(code))


def _by_depth(raw: str, name: str, cells: Mapping[str, str]) -> Division:
    if cells["deep"] not in {"1", "2", "3", "4"}:
        raise BadLine(f"层级“{cells['deep']}”应为 1 到 4")
    level = int(cells["deep"])
    parent = "" if level == CITY else normal(cells.get("pid", ""), level - 1)
    return Division(normal(raw, level), parent, name, level)


def level_of(code: str) -> int:
    """By the code alone; a county run by its province counts as a district."""
    if len(code) == 6:
        return CITY if code.endswith("00") else DISTRICT
    return STREET if len(code) == 9 else COMMUNITY


def parent_of(code: str) -> str:
    if len(code) > 6:
        return code[:-3]
    return "" if code.endswith("00") else f"{code[:4]}00"
