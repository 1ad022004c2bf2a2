"""Words and shapes of the telephone pages."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django import template
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from huying.calls.catalog import Outcome
from huying.calls.models import Call
from huying.calls.queries.queues import HourNow
from huying.calls.rules.course import WORDS

register = template.Library()
GOOD = {Outcome.ANSWERED, Outcome.SELF_SERVICE, Outcome.PASSED_ON}
BAD = {Outcome.ABANDONED, Outcome.LOST, Outcome.BLOCKED, Outcome.NO_ANSWER}
ENDERS = {"caller": "来电人", "agent": "坐席", "system": "系统"}
NOT_INVITED = {"caller_left": "来电人先挂机", "outgoing": "外呼", "blocked": "已拦截", "off": "未开启评价", "unanswered": "未接通"}


@register.filter
def page_of(request: HttpRequest) -> str:
    """The page around a part, also when the part alone is drawn anew: a button pressed before scripts have taken hold of it
    is a plain form, and leads back there."""
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    return urlunsplit(("", "", shown.path, shown.query, "")) or request.get_full_path()


@register.filter
def clock_ms(value: Any) -> str:
    """`1:02:03`, `4:05`, `0:07` of milliseconds; a dash where there is none."""
    if value in (None, ""):
        return "—"
    hours, rest = divmod(round(int(value) / 1000), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def outcome_tone(call: Call) -> str:
    return "green" if call.outcome in GOOD else "red" if call.outcome in BAD else "amber"


@register.filter
def ender(code: str) -> str:
    return ENDERS.get(code, code or "—")


@register.filter
def not_invited(code: str) -> str:
    return NOT_INVITED.get(code, code)


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.simple_tag
def waveform(peaks: Sequence[int]) -> SafeString:
    """The outline of a recording as a picture; widths in points of the outline, heights in percent."""
    bars = format_html_join("", '<rect x="{}" y="{}" width="1" height="{}"/>', ((x, 50 - p / 2, max(1, p)) for x, p in enumerate(peaks)))
    return format_html(
        '<svg class="hy-wave__lines" viewBox="0 0 {} 100" preserveAspectRatio="none" aria-hidden="true">{}</svg>', max(1, len(peaks)), bars
    )


@register.simple_tag
def hours_chart(hours: Sequence[HourNow]) -> SafeString:
    """A bar for each hour of the day, what was answered below and what was not on top of it; the number above."""
    most = max([1, *(hour.asked for hour in hours)])
    bars = format_html_join("", HOUR_BAR, (
        {
            "x": hour.hour * 10 + 1, "mid": hour.hour * 10 + 5, "hour": hour.hour, "asked": hour.asked or "",
            "top": 70 - (tall := round(hour.asked * 56 / most, 1)), "tall": tall,
            "low": 70 - (deep := round(hour.answered * 56 / most, 1)), "deep": deep,
            "said": f"{hour.hour} 时：请求人工 {hour.asked}，接听 {hour.answered}",
        }
        for hour in hours
    ))
    return format_html('<svg class="hy-hours" viewBox="0 0 240 80" role="img" aria-label="今日各小时来电">{}</svg>', bars)


HOUR_BAR = (
    '<g><title>{said}</title><rect class="is-lost" x="{x}" y="{top}" width="8" height="{tall}"/>'
    '<rect class="is-answered" x="{x}" y="{low}" width="8" height="{deep}"/>'
    '<text x="{mid}" y="{top}" dy="-1.5">{asked}</text><text x="{mid}" y="78">{hour}</text></g>'
)


@register.filter
def talking(counts: dict[str, int]) -> int:
    """Ringing counts as talking on the walls: four states make up the whole (R293)."""
    return counts.get("talking", 0) + counts.get("ringing", 0)


@register.filter
def spoken(way: str) -> str:
    """The exit of a step that listens, in words."""
    return WORDS.get(way, f"出口 {way}")


@register.filter
def percent_of(part: int, whole: int) -> str:
    """Two decimals, cut and never rounded up to a target that was missed; a dash where there is nothing."""
    return f"{part * 10_000 // whole / 100:.2f}%" if whole else "—"


@register.filter
def seconds_clock(seconds: float) -> str:
    return clock_ms(seconds * 1000) if seconds else "—"


COLOURS = {"ready": "#7cc199", "busy": "#e3b25c", "ringing": "#6ea8dc", "talking": "#2f78c4", "wrap_up": "#b99ad6"}


@register.simple_tag
def daybar(stretches: Sequence[Any]) -> SafeString:
    """A day as one strip, each hour marked and named; what it shows stands below it in words as well."""
    boxes = format_html_join(
        "", '<rect x="{}" y="0" width="{}" height="40" fill="{}"><title>{}</title></rect>',
        ((each.place, each.share, COLOURS.get(each.row.state, "#ccc"), each.words) for each in stretches),
    )
    hours = ((round(hour * 10_000 / 24),) for hour in range(25))
    marks = format_html_join("", '<rect x="{}" y="40" width="4" height="8" fill="#52606d"/>', hours)
    frame = '<svg class="hy-daybar" viewBox="0 0 10000 48" preserveAspectRatio="none" role="img" aria-label="一天的状态轨迹">{}{}</svg>'
    names = format_html_join("", "<span>{}</span>", ((hour,) for hour in range(24)))
    return format_html(frame + '<div class="hy-dayhours" aria-hidden="true">{}</div>', boxes, marks, names)
