"""Reading a centre's own calendar file, strictly: a wrong calendar makes every deadline wrong."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from huying.kernel.calendar.spans import Span, parse_span
from huying.kernel.calendar.work import DEFAULT_WEEK, Spans, WorkCalendar
from huying.kernel.errors import Refusal

_DAYS = {"mon": "周一", "tue": "周二", "wed": "周三", "thu": "周四", "fri": "周五", "sat": "周六", "sun": "周日"}
_KEYS = ("weekly", "holidays", "workdays", "years", "national")


class BadCalendar(Refusal):
    """A calendar file says something that cannot be right; `fields` names the place."""

    code = "bad_calendar"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"日历文件有误（{place}）：{reason}", fields={place: reason})


def calendar_from_dict(data: object, *, provisional: bool = False) -> WorkCalendar:
    """Read a centre's own calendar, which lies on top of the national one.

    All keys may be left out:
      `weekly`    {"mon": ["09:00-12:00", "13:00-18:00"], …, "sun": []}; a day left out rests
      `holidays`  ["2027-01-01", …], closed
      `workdays`  ["2027-02-14", …], working like a Monday, or {"2027-02-14": ["09:00-12:00"]}
      `years`     [2027], years that `holidays` and `workdays` describe completely
      `national`  false for an office that keeps no national holidays (default true)
    Raises BadCalendar.
    """
    table = _table(data, "日历")
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        raise BadCalendar(unknown[0], f"不认识的项目，可用的有 {'、'.join(_KEYS)}")
    weekly = _weekly(table["weekly"]) if "weekly" in table else DEFAULT_WEEK
    overrides: dict[date, Spans | None] = dict.fromkeys(_dates(table.get("holidays", []), "holidays"))
    for day, spans in _workdays(table.get("workdays", []), weekly).items():
        if day in overrides:
            raise BadCalendar("workdays", f"{day} 既列为放假又列为上班")
        overrides[day] = spans
    national = table.get("national", True)
    if not isinstance(national, bool):
        raise BadCalendar("national", "只能是 true 或 false")
    return WorkCalendar(weekly, overrides, _years(table.get("years", [])), national, provisional)


def _table(data: object, place: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        raise BadCalendar(place, "应为 JSON 对象")
    return data


def _list(data: object, place: str, sample: str) -> list[Any]:
    if not isinstance(data, list | tuple):
        raise BadCalendar(place, f"应为列表，例如 {sample}")
    return list(data)


def _weekly(data: object) -> tuple[Spans, ...]:
    table = _table(data, "weekly")
    unknown = sorted(set(table) - set(_DAYS))
    if unknown:
        raise BadCalendar(f"weekly.{unknown[0]}", f"星期应写作 {'、'.join(_DAYS)}")
    weekly = tuple(_spans(table.get(day, []), f"weekly.{day}") for day in _DAYS)
    if not any(weekly):
        raise BadCalendar("weekly", "一周里没有任何工作时间")
    return weekly


def _spans(data: object, place: str) -> Spans:
    spans: list[Span] = []
    for text in _list(data, place, '["09:00-12:00", "13:00-18:00"]'):
        try:
            span = parse_span(text)
        except (TypeError, ValueError):
            raise BadCalendar(place, f"时段“{text}”应写作 09:00-12:00，且结束晚于开始") from None
        if spans and span.opens < spans[-1].closes:
            raise BadCalendar(place, f"时段“{text}”与前一时段重叠或次序颠倒")
        spans.append(span)
    return tuple(spans)


def _date(text: object, place: str) -> date:
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise BadCalendar(place, f"日期“{text}”应写作 2027-01-01")
    return day


def _dates(data: object, place: str) -> list[date]:
    days: list[date] = []
    for text in _list(data, place, '["2027-01-01"]'):
        day = _date(text, place)
        if day in days:
            raise BadCalendar(place, f"{day} 重复")
        days.append(day)
    return days


def _workdays(data: object, weekly: tuple[Spans, ...]) -> dict[date, Spans]:
    if not isinstance(data, Mapping):
        usual = next(spans for spans in weekly if spans)
        return dict.fromkeys(_dates(data, "workdays"), usual)
    days: dict[date, Spans] = {}
    for text, listed in data.items():
        spans = _spans(listed, f"workdays.{text}")
        if not spans:
            raise BadCalendar(f"workdays.{text}", "上班日至少要有一个时段，休息请列入 holidays")
        days[_date(text, "workdays")] = spans
    return days


def _years(data: object) -> frozenset[int]:
    years = _list(data, "years", "[2027]")
    for year in years:
        if not isinstance(year, int) or isinstance(year, bool) or not 2000 <= year <= 2999:
            raise BadCalendar("years", f"“{year}”不是年份，应写作 2027")
    return frozenset(years)
