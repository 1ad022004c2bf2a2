"""The follow-up desk: whom to call, how much time is left, when to try."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from huying.followup.operations import start_together
from huying.followup.queries import callers_waiting, done_today, tab_counts
from huying.followup.queries.desk import MOST, TABS, Tab
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.policies import found_or_404, needs
from huying.workorders.policies import visible_to

TAB_LABELS: dict[Tab, str] = {"all": "全部", "new": "还没拨过", "again": "未接通再拨", "late": "已超 24 小时", "mine": "我正在回访"}
EMPTY: dict[Tab, str] = {
    "all": "没有待回访的工单", "new": "没有还没拨过的工单", "again": "没有等着再拨的工单", "late": "没有超过 24 小时的工单",
    "mine": "您手上没有正在回访的工单",
}


@require_safe
@needs("followup.call")
def desk(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("tab", "all")
    tab: Tab = next((each for each in TABS if each == wanted), "all")
    callers, after = callers_waiting(request.actor, tab=tab, after=cursor(request.GET.get("after", "")))  # type: ignore[attr-defined]
    counts = tab_counts(request.actor)  # type: ignore[attr-defined]
    context = {
        "callers": callers, "tab": tab, "count": counts[tab], "capped": counts[tab] >= MOST, "now": clock.now(),
        "after": f"{after[0].isoformat()}~{after[1]}" if after else "", "first": "after" in request.GET,
        "tabs": [{"url": f"?tab={each}", "label": label, "count": counts[each], "capped": counts[each] >= MOST,
                  "active": each == tab} for each, label in TAB_LABELS.items()],
        "empty": EMPTY[tab], "done": done_today(request.actor),  # type: ignore[attr-defined]
    }
    return render(request, "followup/desk.html", context)


def cursor(text: str) -> tuple[datetime, int] | None:
    """Where a page begins, as it stands in the address; nonsense means the first page."""
    at, _, key = text.partition("~")
    try:
        moment = parse_datetime(at)
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or not key.isdecimal() or len(key) > 18:
        return None
    return moment, int(key)


@require_POST
@needs("followup.call")
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Take this order, and what else waits for the same person."""
    actor = request.actor  # type: ignore[attr-defined]
    found_or_404(request, visible_to(actor), stream="order", number=number)
    try:
        start_together(actor=actor, number=number)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("followup:desk")
    return redirect("followup:work", number)
