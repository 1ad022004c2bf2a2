"""Component tags, built in to every template (documented in templates/ui/components/README.md)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from huying.ui.rules import shapes, times
from huying.ui.templatetags import words
from huying.ui.templatetags.controls import draw
from huying.ui.templatetags.marks import draw_badge, draw_due
from huying.ui.templatetags.marks import markup as markup  # these three for the rows that other rooms draw
from huying.ui.templatetags.words import grouped as grouped
from huying.ui.templatetags.words import when as when

register = template.Library()
register.filters.update(words.register.filters)

Context = Mapping[str, Any]


@register.simple_tag
def due(
    at: datetime | str | None,
    state: str = "",
    *,
    near: float = 2,
    done: datetime | None = None,
    explain: str = "",
    short: bool = False,
) -> SafeString:
    """How long is left until `at`, or by how much it is over; amber from `near` hours before.

    `state="paused"` stops the words; `done` is the moment the step was finished; `explain` is the page that
    explains every counted stretch.
    """
    if not isinstance(at, datetime):  # none, or the empty word a template makes of it
        return SafeString()
    clock = times.due(at, timezone.now(), near=timedelta(hours=near), paused=state == "paused", done=done)
    return draw_due(clock, at, near=int(near * 3600), explain=explain, short=short)


@register.inclusion_tag("ui/components/track.html")
def track(steps: Iterable[Any], label: str = "办理进度") -> dict[str, Any]:
    """Stages as on a parcel: each has `label`, `state` (done, current, todo, skipped), and maybe `at`, `note`."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("ui/components/timeline.html")
def timeline(events: Iterable[Any], kinds: Iterable[Any] = (), empty: str = "还没有记录") -> dict[str, Any]:
    """Events: `at`, `who`, `text`, and maybe `mark` (one character), `title`, `tone`, `facts` (pairs), `files`, `url`.

    `kinds` are filter links as in `tabs`.
    """
    return {"events": events, "kinds": kinds, "empty": empty}


@register.inclusion_tag("ui/components/field.html")
def field(bound: BoundField, label: str = "", help: str = "", **attrs: Any) -> dict[str, Any]:
    """One form field: label, control, help and its errors, tied together for screen readers.

    Further keywords become attributes of the control; `_` in a name is written `-` (`data_key="alt+1"`).
    """
    return {
        "field": bound,
        "label": label or bound.label,
        "help": help or bound.help_text,
        "control": draw(bound, attrs, bool(help)),
        "grouped": bound.use_fieldset,
        "single": getattr(bound.field.widget, "input_type", "") == "checkbox" and not bound.use_fieldset,
    }


@register.inclusion_tag("ui/components/fields.html")
def fields(form: BaseForm, *names: str) -> dict[str, Any]:
    """The named fields, or all visible ones, then the hidden ones when all are drawn."""
    chosen = [form[name] for name in names] if names else form.visible_fields()
    return {"chosen": chosen, "hidden": [] if names else form.hidden_fields()}


@register.inclusion_tag("ui/components/form_errors.html")
def form_errors(form: BaseForm, title: str = "") -> dict[str, Any]:
    """The summary above a form: what is wrong as a whole, and a link to each field at fault."""
    faulty = [bound for bound in form if bound.errors]
    return {"form": form, "faulty": faulty, "title": title, "whole": form.non_field_errors()}


@register.inclusion_tag("ui/components/button.html")
def submit(
    label: str, *, key: str = "", kind: str = "", name: str = "", value: str = "", to: str = "", check: bool = True
) -> dict[str, Any]:
    """A submit button. `kind`: primary, danger, quiet; `to`: another address; `check=False`: skip browser checks."""
    return {"label": label, "key": key, "kind": kind, "name": name, "value": value, "to": to, "check": check}


@register.inclusion_tag("ui/components/action.html")
def action(label: str, url: str, *, key: str = "", kind: str = "", count: int | None = None) -> dict[str, Any]:
    """A link that looks like a button and may have a key."""
    return {"label": label, "url": url, "key": key, "kind": kind, "count": count}


@register.simple_tag
def badge(text: str, tone: str = "") -> SafeString:
    """A label. `tone`: red, amber, green, blue or none; the text must mean the same without the colour."""
    return draw_badge(text, tone)


@register.inclusion_tag("ui/components/tabs.html")
def tabs(items: Iterable[Any], label: str = "分类") -> dict[str, Any]:
    """Links: each has `url`, `label`, and maybe `count`, `capped`, `active`, `key`."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/components/masked.html")
def masked(text: str, reveal: str = "", label: str = "") -> dict[str, Any]:
    """A value already masked, with a link to the page that asks why before it shows the whole (R154)."""
    return {"text": text, "reveal": reveal, "label": label}


@register.inclusion_tag("ui/components/files.html")
def files(items: Iterable[Any], empty: str = "") -> dict[str, Any]:
    """Files: each has `name`, `url`, and maybe `size` (bytes), `thumbnail`, `kind`, `who`, `at`, `remove` (a page)."""
    return {"items": items, "empty": empty}


@register.inclusion_tag("ui/components/progress.html")
def progress(done: int, total: int, started: datetime, poll: str = "", label: str = "正在处理") -> dict[str, Any]:
    """A job of more than 3 s: a bar, the count, an estimate. `poll` answers with this very tag drawn again."""
    rest = times.remaining(done, total, timezone.now() - started)
    words = times.duration(rest) if rest else ""
    return {"done": done, "total": total, "rest": words, "poll": "" if done >= total else poll, "label": label}


@register.simple_block_tag(takes_context=True)
def listing(context: Context, content: str, title: str = "", **options: Any) -> SafeString:
    """A list with its heading, count, paging and empty state around the table between the tags.

    Options: `rows` (empty means: show `empty` and `empty_url`/`empty_label` instead), `count`, `capped`, `since`,
    `order`, `next` and `first` (addresses), `topics` (of the live stream), `tools` (html).
    """
    known = {"rows", "count", "capped", "since", "order", "next", "first", "topics", "tools"}
    known |= {"empty", "empty_url", "empty_label"}
    if strange := set(options) - known:
        raise template.TemplateSyntaxError(f"listing: unknown option {', '.join(sorted(strange))}")
    capped = bool(options.get("capped"))
    values = {**options, "title": title, "content": content, "has_rows": bool(options.get("rows", True))}
    values["count_words"] = shapes.count_words(options.get("count"), capped=capped)
    return SafeString(render_to_string("ui/components/listing.html", values))


@register.simple_block_tag(takes_context=True)
def filters(context: Context, content: str, label: str = "筛选", clear: str = "", key: str = "") -> SafeString:
    """A filter bar: a plain GET form around the controls, with a link that clears it."""
    values = {"content": content, "label": label, "clear": clear, "key": key}
    return SafeString(render_to_string("ui/components/filters.html", values))


@register.simple_block_tag(takes_context=True)
def panel(context: Context, content: str, title: str = "", key: str = "", tools: str = "") -> SafeString:
    """A titled part of a page; with `key` (alt+2) the key puts the focus into it."""
    values = {"content": content, "title": title, "key": key, "tools": tools}
    return SafeString(render_to_string("ui/components/panel.html", values))


@register.simple_tag(takes_context=True)
def elder(context: Context) -> bool:
    """Whether a citizen's page is to be drawn large: `?elder=1`, or the cookie set by /ui/elder."""
    request = context.get("request")
    if request is None:
        return False
    asked = request.GET.get("elder")
    return bool((asked if asked in {"0", "1"} else request.COOKIES.get("huying_elder")) == "1")
