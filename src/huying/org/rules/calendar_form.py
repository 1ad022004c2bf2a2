"""A working calendar as a person types it, and as `kernel.calendar.calendar_from_dict` reads it (R116).

A day's spans are typed `09:00-12:00 13:00-18:00`, a list of days one a line or separated by commas, several days in a
row as `2027-02-05 至 2027-02-11`, and a make-up day may name its own spans behind the date.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

DAYS = {"mon": "周一", "tue": "周二", "wed": "周三", "thu": "周四", "fri": "周五", "sat": "周六", "sun": "周日"}
LONGEST_RUN = 60
_BETWEEN = re.compile(r"[,，;；、\s]+")
_RUN = re.compile(r"^(\S+?)\s*(?:至|到|~|～)\s*(\S+)$")
_PLAIN = str.maketrans({"：": ":", "—": "-", "－": "-", "–": "-", "〜": "~"})


class BadEntry(ValueError):
    """What is wrong with a typed line, in Chinese."""


def to_data(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The calendar as data. `typed` holds a text per day of the week, `holidays`, `workdays`, `years`, `national`.

    Raises BadEntry for a line that is no date or no run of dates; all else is for `calendar_from_dict` to judge.
    """
    data: dict[str, Any] = {
        "weekly": {day: spans(typed.get(day, "")) for day in DAYS},
        "holidays": [day.isoformat() for line in lines(typed.get("holidays", "")) for day in run(line)],
        "national": bool(typed.get("national")),
    }
    if workdays := makeup_days(typed.get("workdays", "")):
        data["workdays"] = workdays
    if years := [_year(word) for word in _BETWEEN.split(typed.get("years", "").strip()) if word]:
        data["years"] = years
    return data


def to_typed(data: Mapping[str, Any], default_week: Mapping[str, list[str]]) -> dict[str, Any]:
    """What the form shows of stored data."""
    weekly = data.get("weekly", default_week)
    workdays = data.get("workdays", [])
    extra = workdays if isinstance(workdays, Mapping) else {day: [] for day in workdays}
    return {
        **{day: "  ".join(weekly.get(day, [])) for day in DAYS},
        "holidays": "\n".join(runs(data.get("holidays", []))),
        "workdays": "\n".join(" ".join([day, *own]) for day, own in extra.items()),
        "years": "、".join(str(year) for year in data.get("years", [])),
        "national": data.get("national", True),
    }


def spans(text: str) -> list[str]:
    return [word for word in _BETWEEN.split(text.translate(_PLAIN).strip()) if word]


def lines(text: str) -> list[str]:
    return [line.strip() for line in re.split(r"[\n,，;；、]+", text.translate(_PLAIN)) if line.strip()]


def run(line: str) -> list[date]:
    """The days of `2027-02-05` or `2027-02-05 至 2027-02-11`."""
    found = _RUN.match(line)
    first, last = (_day(found[1]), _day(found[2])) if found else (_day(line), _day(line))
    if not timedelta(0) <= last - first <= timedelta(days=LONGEST_RUN):
        raise BadEntry(f"“{line}”的结束日应不早于开始日，且不超过 {LONGEST_RUN} 天")
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def makeup_days(text: str) -> dict[str, list[str]] | list[str]:
    """A plain list when every day works as a Monday does, else a table with the spans of each."""
    table: dict[str, list[str]] = {}
    for line in re.split(r"\n+", text.translate(_PLAIN)):
        words = spans(line)
        if words:
            table[_day(words[0]).isoformat()] = words[1:]
    if not any(table.values()):
        return list(table)
    if bare := [day for day, own in table.items() if not own]:
        raise BadEntry(f"{bare[0]} 没有写时段：要么每天都写，要么都不写（按周一的时段）")
    return table


def runs(days: Iterable[str]) -> list[str]:
    """ISO dates, days in a row joined to one line."""
    joined: list[list[date]] = []
    for day in sorted(date.fromisoformat(text) for text in days):
        if joined and day - joined[-1][-1] == timedelta(days=1):
            joined[-1].append(day)
        else:
            joined.append([day])
    return [f"{group[0]} 至 {group[-1]}" if len(group) > 1 else f"{group[0]}" for group in joined]


def _day(text: str) -> date:
    try:
        year, month, day = (int(part) for part in re.split(r"[-./年月]", text.rstrip("日号")))
        return date(year, month, day)
    except ValueError:
        raise BadEntry(f"“{text}”不是日期，应写作 2027-01-01") from None


def _year(text: str) -> int:
    if not text.rstrip("年").isdigit():
        raise BadEntry(f"“{text}”不是年份，应写作 2027")
    return int(text.rstrip("年"))
