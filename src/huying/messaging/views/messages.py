"""The list of messages and the counts by carrier and scene."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huying.citizens.fields import blind_index
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.kernel.phones import normalise_phone
from huying.messaging.forms import MessageFilter, MonthForm
from huying.messaging.models import Message
from huying.messaging.queries import by_carrier, by_scene, messages_seen_by
from huying.org.policies import needs

PAGE = 50
MOST = 1000
SHOWN_FOR = timedelta(days=30)


@require_safe
@needs("messaging.view")
def messages(request: HttpRequest) -> HttpResponse:
    form = MessageFilter(request.GET)
    today = clock.now().astimezone(SHANGHAI).date()
    found = form.cleaned_data if form.is_valid() else {}
    since = found.get("since") or today - SHOWN_FOR
    rows = _filtered(messages_seen_by(request.actor), found, since).order_by("-id")  # type: ignore[attr-defined]
    count = rows[: MOST + 1].count()
    if (cursor := request.GET.get("before", "")).isdecimal():
        rows = rows.filter(pk__lt=min(int(cursor), 2**62))
    page = list(rows[: PAGE + 1])
    context = {
        "form": form, "rows": page[:PAGE], "count": min(count, MOST), "capped": count > MOST, "since": f"{since:%Y-%m-%d}",
        "next": page[PAGE - 1].pk if len(page) > PAGE else None, "first": bool(cursor),
    }
    return render(request, "messaging/messages.html", context)


def _filtered(rows: QuerySet[Message], found: dict[str, Any], since: date) -> QuerySet[Message]:
    rows = rows.filter(created_at__gte=midnight(since))
    if until := found.get("until"):
        rows = rows.filter(created_at__lt=midnight(until + timedelta(days=1)))
    if phone := found.get("phone"):
        rows = rows.filter(phone_hash=blind_index(normalise_phone(phone), purpose="phone"))
    return rows.filter(**{name: found[name] for name in ("scene", "state", "carrier") if found.get(name)})


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


@require_safe
@needs("messaging.view")
def statistics(request: HttpRequest) -> HttpResponse:
    form = MonthForm(request.GET)
    today = clock.now().astimezone(SHANGHAI).date()
    month = (form.cleaned_data["month"] if form.is_valid() else "") or f"{today:%Y-%m}"
    start = date.fromisoformat(f"{month}-01")
    end = (start + timedelta(days=32)).replace(day=1)
    seen = messages_seen_by(request.actor)  # type: ignore[attr-defined]
    context = {
        "form": form if form.is_bound and form.errors else MonthForm({"month": month}), "month": month,
        "carriers": by_carrier(seen, midnight(start), midnight(end)), "scenes": by_scene(seen, midnight(start), midnight(end)),
        "since": f"{start:%Y-%m-%d}", "until": f"{end - timedelta(days=1):%Y-%m-%d}",
    }
    return render(request, "messaging/statistics.html", context)
