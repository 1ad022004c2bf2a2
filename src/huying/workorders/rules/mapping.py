"""Which column of an old system's table means what, and what a row of it says (R002). No I/O here.

A mapping file names, per field, the columns that may hold it (the first that the table has counts), how dates are
written, and which words in the type or the categories make which type. What it leaves out is as shipped.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.workorders.catalog import Kind

CATEGORIES = ("category1", "category2", "category3", "category4")
FIELDS = {
    "number": "单号", "created": "受理时间", "closed": "办结时间", "title": "标题", "content": "内容", "answer": "答复", "kind": "诉求类型",
    "unit": "承办单位", "department": "主管部门", "category1": "一级分类", "category2": "二级分类", "category3": "三级分类",
    "category4": "四级分类", "name": "姓名", "phone": "联系电话", "address": "详细地址", "place": "地点", "region": "区划代码",
}
LONGEST = {"number": 60, "content": 20_000, "answer": 20_000, "unit": 80, "department": 80, **dict.fromkeys(CATEGORIES, 58),
           "name": 40, "phone": 20, "address": 200, "place": 200, "region": 12}
PROSE = {"title", "content", "answer"}
ALWAYS = ("number", "created", "content")
FIRST_YEAR = 1980
_CONTROL = re.compile(r"[\x00-\x1f]")
_NUMBER = re.compile(r"[\w\-./#()（）]+")
_TITLE = 60


class BadMapping(Refusal):
    code = "bad_mapping"


class BadRow(ValueError):
    """What is wrong with one row, in Chinese; it is kept for the file of rejects."""


@dataclass(frozen=True)
class ColumnMap:
    """A mapping as checked by `parse_mapping`."""

    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    dates: tuple[str, ...]
    kinds: tuple[tuple[str, Kind], ...]
    other_kind: Kind

    def bind(self, header: Sequence[str]) -> dict[str, int]:
        """Field -> position of its column. Raises BadMapping when a required field has none."""
        at = {name: position for position, name in reversed(list(enumerate(header)))}
        found = {field: at[name] for field, names in self.columns.items() for name in reversed(names) if name in at}
        missing = [field for field in self.required if field not in found]
        if missing:
            wanted = "；".join(f"{FIELDS[field]}（{'、'.join(self.columns[field]) or '映射文件里没有写列名'}）" for field in missing)
            raise BadMapping(f"表头里没有这些列：{wanted}。可以用 --mapping 指定列名")
        return found


@dataclass(frozen=True, slots=True)
class OldOrder:
    """One order of another system, checked and cleaned. Times are aware (Asia/Shanghai)."""

    number: str
    created: datetime
    closed: datetime
    kind: Kind
    title: str
    content: str
    answer: str
    unit: str
    department: str
    categories: tuple[str, ...]
    name: str
    phone: str
    address: str
    place: str
    region: str


def parse_mapping(data: object) -> ColumnMap:
    """Read a mapping's JSON over the shipped one. Raises BadMapping naming the place at fault."""
    if not isinstance(data, dict):
        raise BadMapping(f"映射文件应为 JSON 对象，可含：{'、'.join(_shipped())}")
    _known(list(data), "最外层", list(_shipped()))
    whole = {**_shipped(), **data}
    columns = {**_shipped()["columns"], **_table(whole["columns"], "columns")}
    required = _known(whole["required"], "required", list(FIELDS))
    other = _known([whole["other_kind"]], "other_kind", list(Kind))[0]
    return ColumnMap(
        columns={field: _names(columns[field], field) for field in _known(list(columns), "columns", list(FIELDS))},
        required=(*ALWAYS, *(field for field in required if field not in ALWAYS)),
        dates=_texts(whole["dates"], "dates"), kinds=_kinds(whole["kinds"]), other_kind=Kind(other),
    )


def read_row(mapping: ColumnMap, places: Mapping[str, int], cells: Sequence[str], now: datetime) -> OldOrder:
    """What a row says; `places` is what `bind` found. Raises BadRow with the first fault."""
    said = {field: cells[at].strip() for field, at in places.items()}
    for field, text in said.items():
        _check_text(field, text)
    for field in mapping.required:
        if not said[field]:
            raise BadRow(f"{FIELDS[field]}为空")
    if not _NUMBER.fullmatch(said["number"]):
        raise BadRow("单号只能含文字、数字和 - . / # ( )")
    created = _moment(mapping, "created", said["created"], now)
    closed = _moment(mapping, "closed", said["closed"], now) if said.get("closed") else created
    if closed < created:
        raise BadRow("办结时间早于受理时间")
    words = [said[level] for level in CATEGORIES if said.get(level)]
    rest = {field: said.get(field, "") for field in ("answer", "unit", "department", "name", "phone", "address", "place", "region")}
    return OldOrder(
        number=said["number"], created=created, closed=closed, kind=_kind(mapping, [said.get("kind", ""), *words]),
        title=(said.get("title") or first_words(said["content"]))[:200], content=said["content"], categories=tuple(words),
        **rest,
    )


def first_words(text: str) -> str:
    """The first sentence of a text as its title, at most 60 letters."""
    line = " ".join(text.split())
    sentence = re.split(r"(?<=[。！？!?；;])", line, maxsplit=1)[0]
    return sentence if len(sentence) <= _TITLE else f"{sentence[: _TITLE - 1]}…"


def _check_text(field: str, text: str) -> None:
    if "\x00" in text:
        raise BadRow(f"{FIELDS[field]}含空字符（NUL），文件可能已损坏")
    if len(text) > LONGEST.get(field, 500):
        raise BadRow(f"{FIELDS[field]}有 {len(text)} 个字，最多 {LONGEST.get(field, 500)} 个")
    if field not in PROSE and _CONTROL.search(text):
        raise BadRow(f"{FIELDS[field]}含换行或控制字符")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRow(f"{FIELDS[field]}含无法识别的字符") from None


def _moment(mapping: ColumnMap, field: str, text: str, now: datetime) -> datetime:
    at = _read_moment(mapping.dates, text)
    if at is None:
        raise BadRow(f"{FIELDS[field]}“{text[:30]}”看不懂")
    if not FIRST_YEAR <= at.year <= now.year or at > now:
        raise BadRow(f"{FIELDS[field]}“{text[:30]}”不在 {FIRST_YEAR} 年到今天之间")
    return at


@lru_cache(maxsize=2000)
def _read_moment(forms: tuple[str, ...], text: str) -> datetime | None:
    """The first of `forms` that fits. Many rows of a table are of one day."""
    for form in forms:
        try:
            at = datetime.strptime(text, form)  # noqa: DTZ007  the zone follows
        except ValueError:
            continue
        if text.isdigit() and at.strftime(form) != text:  # 2018011 is not the first of January
            continue
        return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    return None


def _kind(mapping: ColumnMap, texts: Sequence[str]) -> Kind:
    """The type column speaks first, then the categories from the most special one up."""
    for text in (texts[0], *reversed(texts[1:])):
        for word, kind in mapping.kinds:
            if word in text:
                return kind
    return mapping.other_kind


@cache
def _shipped() -> dict[str, Any]:
    shipped: dict[str, Any] = json.loads(files("huying.workorders").joinpath("packs/import.json").read_text("utf-8"))
    return shipped


def _table(data: object, place: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BadMapping(f"映射文件“{place}”应为对象")
    return data


def _texts(data: object, place: str) -> tuple[str, ...]:
    if not isinstance(data, list) or not all(isinstance(each, str) and each for each in data):
        raise BadMapping(f"映射文件“{place}”应为文字列表")
    return tuple(data)


def _names(data: object, field: str) -> tuple[str, ...]:
    """One column name, or several in order of preference."""
    return _texts([data] if isinstance(data, str) else data, f"columns.{field}")


def _known(data: object, place: str, known: list[str]) -> tuple[str, ...]:
    names = _texts(data, place)
    if wrong := [name for name in names if name not in known]:
        raise BadMapping(f"映射文件“{place}”里不认识“{wrong[0]}”，可用：{'、'.join(known)}")
    return names


def _kinds(data: object) -> tuple[tuple[str, Kind], ...]:
    """Pairs of a word and a type; the order decides."""
    if not isinstance(data, list) or not all(isinstance(row, list) and len(row) == 2 for row in data):
        raise BadMapping('映射文件“kinds”应为列表，如 [["咨询", "consultation"]]')
    return tuple((_texts([word], "kinds")[0], Kind(_known([kind], "kinds", list(Kind))[0])) for word, kind in data)
