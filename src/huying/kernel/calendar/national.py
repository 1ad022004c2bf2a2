"""The State Council's holidays and make-up workdays, from the library `chinesecalendar`."""

from datetime import date
from functools import cache

import chinese_calendar

from huying.kernel.errors import Refusal


class UncoveredYear(Refusal):
    """Neither `chinesecalendar` nor the centre's own file knows the holidays of this year."""

    code = "uncovered_year"

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            f"工作日历没有 {year} 年的节假日安排，无法准确计算时限。请升级 chinesecalendar，"
            f"或在本中心的日历文件里写明 {year} 年的放假与调休日，并把 {year} 列入 years。"
        )


@cache
def national_years() -> frozenset[int]:
    """Return the years whose holidays the library knows."""
    return frozenset(day.year for day in chinese_calendar.holidays)


@cache
def national_holidays(year: int) -> dict[date, str]:
    """Return the days off of a year with their Chinese names; empty for a year the library does not know."""
    names = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    return {day: names.get(name, name) for day, name in chinese_calendar.holidays.items() if day.year == year}


@cache
def national_workdays(year: int) -> frozenset[date]:
    """Return the weekend days of a year on which people work to make up for a holiday."""
    return frozenset(day for day in chinese_calendar.workdays if day.year == year)
