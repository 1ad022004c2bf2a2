"""The pool of callers to be called back: for agents to take, for leaders to see nothing stays lying."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from huying.calls.models import CallBack
from huying.calls.operations.call_back import CALL_BACK, finish
from huying.calls.operations.call_back import call_back as begin_call
from huying.calls.policies import POOL, pool_seen_by
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.policies import actor_of, found_or_404, needs
from huying.org.queries.paging import page_of
from huying.org.rules.asked import text, words

State, Kind = CallBack.State, CallBack.Kind
TABS = (
    ("", "待回拨"), ("voicemail", "留言"), ("requested", "预约回拨"), ("missed", "未接来电"), ("unreached", "多次未接通"),
    ("done", "近 7 天已完成"),
)
OPEN = (State.WAITING, State.DIALLING)
SHOWN = timedelta(days=7)


@require_safe
@needs(*POOL)
def pool(request: HttpRequest) -> HttpResponse:
    actor, chosen = actor_of(request), text(request.GET, "kind")
    rows = pool_seen_by(actor).select_related("group", "taken_by", "call", "voicemail", "centre")
    if chosen == "done":
        rows = rows.filter(state__in=[State.DONE, State.NOT_NEEDED], done_at__gte=clock.now() - SHOWN).order_by("-done_at")
    elif chosen == "unreached":
        rows = rows.filter(state=State.UNREACHED).order_by("-done_at")
    else:
        rows = rows.filter(state__in=OPEN)
        rows = rows.filter(kind=chosen) if chosen in Kind.values else rows
    tabs = [{"url": f"?kind={code}", "label": label, "active": code == chosen} for code, label in TABS]
    context = {
        "page": page_of(rows, request.GET), "tabs": tabs, "now": clock.now(), "may_call": actor.may(CALL_BACK),
        "may_write": actor.may("workorders.intake"), "open": chosen not in {"done"},
    }
    return render(request, "calls/pool.html", context)


@require_POST
@needs(CALL_BACK)
def call_back(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: the own telephone dials."""
    row = found_or_404(request, pool_seen_by(actor_of(request)), stream="call_back", pk=pk)
    try:
        begin_call(actor=actor_of(request), row=row)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "正在回拨，请留意您的话机")
    return redirect("calls:pool")


@require_POST
@needs(CALL_BACK)
def pool_done(request: HttpRequest, pk: int) -> HttpResponse:
    row = found_or_404(request, pool_seen_by(actor_of(request)), stream="call_back", pk=pk)
    try:
        finish(actor=actor_of(request), row=row, note=words(request.POST, "note"))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已记为处理完毕")
    return redirect("calls:pool")
