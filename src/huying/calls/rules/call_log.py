"""A row of another system's call log as the facts of a call, through a mapping (R013). No I/O here.

A mapping names the columns, how outcomes are called, and in which zone the clocks stood:

    {"source": "old", "key": ["line", "id", "date"], "zone": "Asia/Shanghai",
     "columns": {"date": "date", "entered": "entry", "menu_end": "exit", "queued": "q_start", "wait_seconds": "q_time",
                 "talk_seconds": "service", "outcome": "outcome", "agent": "server"},
     "outcomes": {"AGENT": "answered", "HANG": "gave_up"}, "no_agent": ["NO_SERVER"]}

Outcomes are those of `catalog.Outcome`, or "gave_up": abandoned where the caller had waited, else in the menus.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from huying.calls.catalog import Outcome
from huying.kernel.errors import Refusal

FIELDS = {
    "date": "日期", "entered": "进入时刻", "menu_end": "导航结束", "queued": "入队时刻", "wait_seconds": "等待秒数",
    "talk_seconds": "通话秒数", "outcome": "结果", "agent": "坐席", "group": "技能组", "called": "被叫号码", "number": "来电号码",
    "rating": "按键评价",
}
ALWAYS = ("entered", "outcome")
GAVE_UP = "gave_up"
WANTED = {Outcome.ANSWERED, Outcome.ABANDONED, Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.CALL_BACK}
"""Who ended so had asked for a person."""

HALF_A_DAY = timedelta(hours=12)
LONGEST = 24 * 3600  # seconds; an agent who forgets to hang up makes long calls


class BadMapping(Refusal):
    code = "bad_mapping"


class BadRow(ValueError):
    """What is wrong with one row, in Chinese."""


@dataclass(frozen=True, slots=True)
class LogMap:
    source: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    outcomes: Mapping[str, str]
    no_agent: frozenset[str]
    groups: Mapping[str, str]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """One call of the log; moments aware, in UTC."""

    linkedid: str
    entered: datetime
    queued: datetime | None
    answered: datetime | None
    ended: datetime
    outcome: Outcome
    talk_ms: int
    agent: str
    group: str
    called: str
    number: str
    rating: int | None


def parse_log_map(data: object) -> LogMap:
    """Raises BadMapping."""
    if not isinstance(data, Mapping):
        raise BadMapping("映射文件应为一个 JSON 对象")
    columns = {name: str(column) for name, column in dict(data.get("columns") or {}).items() if column}
    if unknown := sorted(set(columns) - set(FIELDS)):
        raise BadMapping(f"映射文件的 columns 里没有字段“{unknown[0]}”，可用：{'、'.join(FIELDS)}")
    if missing := [FIELDS[name] for name in ALWAYS if name not in columns]:
        raise BadMapping(f"映射文件的 columns 里缺少：{'、'.join(missing)}")
    outcomes = {str(word): str(meaning) for word, meaning in dict(data.get("outcomes") or {}).items()}
    allowed = {str(each) for each in Outcome if each != Outcome.GOING_ON} | {GAVE_UP}
    if wrong := sorted(set(outcomes.values()) - allowed):
        raise BadMapping(f"映射文件的 outcomes 里没有结果“{wrong[0]}”，可用：{'、'.join(sorted(allowed))}")
    source, key = str(data.get("source") or "")[:20], tuple(str(name) for name in data.get("key") or ())
    if not source.isidentifier() or source == "switch" or not key:
        raise BadMapping("映射文件须写明 source（话单来源，英文字母和数字，不能是 switch）和 key（由哪些列合起来唯一）")
    try:
        zone = ZoneInfo(str(data.get("zone") or "Asia/Shanghai"))
    except (ZoneInfoNotFoundError, ValueError):
        raise BadMapping(f"映射文件的时区“{data.get('zone')}”不存在") from None
    groups = {str(word): str(code) for word, code in dict(data.get("groups") or {}).items()}
    return LogMap(source, key, columns, outcomes, frozenset(map(str, data.get("no_agent") or ())), groups, zone)


def missing_columns(mapping: LogMap, header: Sequence[str]) -> list[str]:
    return sorted({*mapping.columns.values(), *mapping.key} - set(header))


def parse_row(mapping: LogMap, row: Mapping[str, str | None]) -> LoggedCall:
    """Raises BadRow."""
    said = {name: (row.get(column) or "").strip() for name, column in mapping.columns.items()}
    outcome = mapping.outcomes.get(said["outcome"])
    if outcome is None:
        raise BadRow(f"结果“{said['outcome'][:20]}”没有对应（映射文件的 outcomes）")
    entered = _moment(mapping, said, "entered", None)
    wait, talk = _seconds(said, "wait_seconds"), _seconds(said, "talk_seconds")
    meaning = (Outcome.ABANDONED if wait else Outcome.ABANDONED_MENU) if outcome == GAVE_UP else Outcome(outcome)
    menu_end = _moment(mapping, said, "menu_end", entered) or entered
    wanted = meaning in WANTED
    queued = (_moment(mapping, said, "queued", entered) if wait else None) or max(menu_end, entered)
    left = queued + timedelta(seconds=wait)
    answered = left if meaning == Outcome.ANSWERED else None
    agent = said.get("agent", "")
    return LoggedCall(
        linkedid=_name(mapping, row), entered=entered, queued=queued if wanted else None, answered=answered,
        ended=left + timedelta(seconds=talk), outcome=meaning, talk_ms=talk * 1000 if answered else 0,
        agent="" if agent in mapping.no_agent or not answered else agent[:20],
        group=mapping.groups.get(said.get("group", ""), ""), called=said.get("called", "")[:32],
        number=said.get("number", "")[:40], rating=_rating(said.get("rating", "")),
    )


def _name(mapping: LogMap, row: Mapping[str, str | None]) -> str:
    parts = [(row.get(column) or "").strip() for column in mapping.key]
    if not any(parts):
        raise BadRow(f"没有编号（{'、'.join(mapping.key)}）")
    text = f"{mapping.source}:{'-'.join(parts)}"
    return text if len(text) <= 60 else f"{mapping.source}:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _moment(mapping: LogMap, said: Mapping[str, str], name: str, after: datetime | None) -> Any:
    """A moment of the log; a clock that reads much earlier than the call's beginning has passed midnight."""
    text = said.get(name, "")
    if not text:
        if after is None:
            raise BadRow(f"没有{FIELDS[name]}")
        return None
    try:
        whole = text if len(text) > 10 or "date" not in said else f"{said['date']}T{text.zfill(8)}"
        local = datetime.fromisoformat(whole)
    except ValueError:
        raise BadRow(f"{FIELDS[name]}“{text[:30]}”不是时刻") from None
    at = (local if local.tzinfo else local.replace(tzinfo=mapping.zone)).astimezone(UTC)
    if after is not None and after - at > HALF_A_DAY:
        at += timedelta(days=1)
    return at


def _seconds(said: Mapping[str, str], name: str) -> int:
    text = said.get(name, "") or "0"
    try:
        found = round(float(text))
    except (ValueError, OverflowError):
        raise BadRow(f"{FIELDS[name]}“{text[:20]}”不是数字") from None
    if not 0 <= found <= LONGEST:
        raise BadRow(f"{FIELDS[name]}“{text[:20]}”超出 0 到 {LONGEST}")
    return found


def _rating(text: str) -> int | None:
    if not text:
        return None
    if not (len(text) == 1 and text in "12345"):
        raise BadRow(f"按键评价“{text[:10]}”不是 1 到 5")
    return int(text)
