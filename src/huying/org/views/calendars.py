"""Working calendars: edited line by line, looked at month by month; and the record of what was changed."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from huying.kernel import clock
from huying.kernel.calendar import calendar_from_dict
from huying.kernel.errors import Refusal
from huying.org.forms import CalendarForm
from huying.org.models import Calendar
from huying.org.operations.calendars import delete_calendar, save_calendar
from huying.org.policies import Actor, actor_of, found_or_404, needs
from huying.org.policies.manage import managed_calendars, managed_centres
from huying.org.queries.calendars import month_of
from huying.org.queries.history import changes, in_words
from huying.org.queries.paging import page_of
from huying.org.rules.asked import text
from huying.org.views.chosen import chosen_centre
from huying.ui.fields import refuse

SUBJECTS = [
    ("", "全部"), ("staff", "人员"), ("unit", "单位"), ("centre", "中心"), ("role", "角色"), ("calendar", "日历"),
    ("session", "登录"), ("token", "令牌"),
]


@needs("org.manage_calendars")
def calendars(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = managed_calendars(actor).order_by("centre__path", "name")
    context = {"page": page_of(rows, request.GET), "centres": managed_centres(actor), "default": _preview(request, {})}
    return render(request, "org/calendars.html", context)


@needs("org.manage_calendars")
def calendar_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    return _calendar_page(request, actor, Calendar(centre=chosen_centre(request, actor)))


@needs("org.manage_calendars")
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    return _calendar_page(request, actor, found_or_404(request, managed_calendars(actor), stream="calendar", pk=pk))


@require_POST
@needs("org.manage_calendars")
def calendar_delete(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = found_or_404(request, managed_calendars(actor), stream="calendar", pk=pk)
    try:
        delete_calendar(actor, row)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("org:calendar", pk)
    messages.success(request, f"日历“{row.name}”已删除")
    return redirect("org:calendars")


@needs("audit.read")
def history(request: HttpRequest) -> HttpResponse:
    """What was changed in the organisation, by whom and when."""
    kind = text(request.GET, "kind")
    page = page_of(changes(actor_of(request), kind=kind), request.GET)
    tabs = [{"url": f"?kind={code}", "label": label, "active": code == kind} for code, label in SUBJECTS]
    return render(request, "org/history.html", {"page": page, "changes": [in_words(row) for row in page.rows], "tabs": tabs})


def _calendar_page(request: HttpRequest, actor: Actor, row: Calendar) -> HttpResponse:
    form = CalendarForm(request.POST or None, calendar=row if row.pk else None)
    looking = "_preview" in request.POST
    data = row.data
    if request.method == "POST" and form.is_valid():
        data = form.data_to_store()
        if not looking:
            row.name, row.data = form.cleaned_data["name"], data
            try:
                save_calendar(actor, row)
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, f"日历“{row.name}”已保存。正在计时的工单保持原来的时限")
                return redirect("org:calendar", row.pk)
    context = {"form": form, "row": row if row.pk else None, "centre_of": row.centre, "preview": _preview(request, data)}
    return render(request, "org/calendar.html", context)


def _preview(request: HttpRequest, data: dict[str, Any]) -> dict[str, Any]:
    """A month of the calendar as it would count; `month` is 2026-10, this month otherwise."""
    asked = request.POST.get("month") or request.GET.get("month") or ""
    try:
        first = date.fromisoformat(f"{asked}-01")
    except ValueError:
        first = clock.now().astimezone(clock.SHANGHAI).date().replace(day=1)
    weeks, known = month_of(calendar_from_dict(data, provisional=True), first)
    following = (first + timedelta(days=31)).replace(day=1)
    return {
        "weeks": weeks, "known": known, "first": first, "month": f"{first:%Y-%m}",
        "before": f"{first - timedelta(days=1):%Y-%m}", "after": f"{following:%Y-%m}",
    }
