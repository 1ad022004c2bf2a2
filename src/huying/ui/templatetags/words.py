"""Filters that word a value; part of the builtin `ui`."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from huying.ui.rules import shapes, times
from huying.ui.templatetags.marks import markup

register = template.Library()


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """`11-20 09:05` as a `<time>`; nothing for no moment."""
    return _time(moment, times.when(moment, timezone.now())) if moment else ""


@register.filter
def when_seconds(moment: datetime | None) -> SafeString | str:
    return _time(moment, times.when_seconds(moment)) if moment else ""


@register.filter
def day_and_time(moment: datetime | None) -> SafeString | str:
    """`今天 17:40`, for a moment close by."""
    return _time(moment, times.day_and_time(moment, timezone.now())) if moment else ""


def _time(moment: datetime, words: str) -> SafeString:
    full = times.when_seconds(moment)
    iso = moment.astimezone(times.SHANGHAI).isoformat(timespec="seconds")
    return markup('<time datetime="{}" title="{}">{}</time>', iso, full, words)


@register.filter
def duration(span: timedelta | float | None) -> str:
    """A timedelta or a number of seconds in words; `—` for none."""
    return "—" if span is None else times.duration(span)


@register.filter
def grouped(number: str | None) -> SafeString | str:
    """An order number set apart in groups, without the copy button: for links and headings.

    The gaps are drawn by the style sheet, so that selecting and copying yields the bare number.
    """
    if not number:
        return ""
    parts = SafeString("".join(markup("<span>{}</span>", part) for part in shapes.number_groups(number)))
    return markup('<span class="hy-number" title="{}">{}</span>', number, parts)


@register.filter
def order_number(number: str | None) -> SafeString | str:
    """An order number in groups with a button that copies it (the button appears with JavaScript)."""
    if not number:
        return ""
    return format_html(
        '{}<button type="button" class="hy-copy" data-copy="{}" aria-label="复制工单编号">复制</button>',
        grouped(number),
        number,
    )


@register.filter
def percent_fraction(part: int, whole: int) -> str:
    """`{{ part|percent_fraction:whole }}` → `88.50%（885/1000）`."""
    return shapes.percent_fraction(part, whole)
