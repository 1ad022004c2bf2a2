"""Moments and spans in Chinese words. Everything shown is Asia/Shanghai; everything taken is an aware datetime."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEAR = timedelta(hours=2)
"""The last reminder goes out two hours before (issue, section 5); from then on a clock is amber."""

DueState = Literal["ok", "near", "overdue", "paused", "met", "missed"]
_DAY_WORDS = {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}


@dataclass(frozen=True, slots=True)
class Due:
    """`left` is how long, `until` the moment in words; together one sentence."""

    state: DueState
    left: str
    until: str

    @property
    def sentence(self) -> str:
        if self.state in {"ok", "near"}:
            return f"{self.left}，{self.until} 前"
        return f"{self.left}（应在{self.until} 前）" if self.until else self.left


def when(moment: datetime, now: datetime) -> str:
    """`11-20 09:05` within the year of `now`, `2025-11-20 09:05` otherwise."""
    local = moment.astimezone(SHANGHAI)
    same_year = local.year == now.astimezone(SHANGHAI).year
    return local.strftime("%m-%d %H:%M" if same_year else "%Y-%m-%d %H:%M")


def when_seconds(moment: datetime) -> str:
    """`2025-11-20 09:05:12`, for histories."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def day_and_time(moment: datetime, now: datetime) -> str:
    """`今天 17:40` from yesterday to the day after tomorrow, else as `when`."""
    local = moment.astimezone(SHANGHAI)
    word = _DAY_WORDS.get((local.date() - now.astimezone(SHANGHAI).date()).days)
    return f"{word} {local:%H:%M}" if word else when(moment, now)


def duration(span: timedelta | float, *, seconds: bool = True) -> str:
    """The two largest units of a span (a number is seconds), rounded down: `2 天 4 小时`, `3 分 20 秒`.

    With `seconds=False` the smallest unit is the minute, and less than one reads `不到 1 分`.
    """
    total = int(abs(span.total_seconds() if isinstance(span, timedelta) else span))
    if total < 60 and not seconds:
        return "不到 1 分"
    units = [(total // 86400, "天"), (total // 3600 % 24, "小时"), (total // 60 % 60, "分")]
    if seconds and total < 3600:
        units.append((total % 60, "秒"))
    first = next((place for place, (count, _) in enumerate(units) if count), len(units) - 1)
    pair = units[first : first + 2]
    return " ".join(f"{count} {name}" for place, (count, name) in enumerate(pair) if count or place == 0)


def due(
    at: datetime, now: datetime, *, near: timedelta = NEAR, paused: bool = False, done: datetime | None = None
) -> Due:
    """What a clock says: still running, near, overdue, paused, or (with `done`) met or missed."""
    until = day_and_time(at, now)
    if done is not None:
        gap = duration(at - done, seconds=False)
        return Due("met", f"按时，提前 {gap}", until) if done <= at else Due("missed", f"逾期 {gap}完成", until)
    if paused:
        return Due("paused", "已暂停计时", "")
    gap = duration(at - now, seconds=False)
    if at < now:
        return Due("overdue", f"已超 {gap}", until)
    return Due("near" if at - now <= near else "ok", f"还剩 {gap}", until)


def remaining(done: int, total: int, elapsed: timedelta) -> timedelta | None:
    """How long the rest of a job takes at the pace so far; None while too little is done to say."""
    if not total or done * 50 < total or elapsed < timedelta(seconds=1):
        return None
    return elapsed * (total - done) / done
