"""Malicious callers: the list, one of them with its history, nominating, and every decision."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huying.audit.models import Event
from huying.calls.forms.blocks import NominateForm, WordsForm
from huying.calls.models import Block, Call
from huying.calls.operations import blocks as operations
from huying.calls.operations.block_bundle import export_bundle
from huying.calls.policies import BLOCKS, blocks_seen_by, own_centres
from huying.kernel.errors import Refusal
from huying.kernel.masking import mask_phone
from huying.org.policies import Actor, actor_of, found_or_404, needs
from huying.org.queries.paging import page_of
from huying.org.rules.asked import number as asked_number
from huying.org.rules.asked import text
from huying.ui.fields import refuse

TABS = (("", "待办与生效"), ("active", "生效中"), ("appealed", "申诉待处理"), ("ended", "已结束"))
ENDED = ("rejected", "lifted", "expired")
WORDS = {
    "nominate": "提名拦截", "approve": "批准拦截", "reject": "不予批准", "appeal": "登记申诉", "uphold": "维持拦截", "lift": "解除拦截",
    "expire": "到期解除",
}
DEEDS: dict[str, tuple[Callable[..., Block], str]] = {
    "approve": (operations.approve, "已批准，即刻生效"), "reject": (operations.reject, "已驳回提名"),
    "appeal": (operations.appeal, "申诉已登记，等待负责人处理"), "uphold": (operations.uphold, "已维持拦截"),
    "lift": (operations.lift, "已解除拦截"),
}


@require_safe
@needs(*BLOCKS)
def blocks(request: HttpRequest) -> HttpResponse:
    actor, chosen = actor_of(request), text(request.GET, "state")
    rows = blocks_seen_by(actor).select_related("nominated_by", "centre")
    if chosen == "ended":
        rows = rows.filter(state__in=ENDED)
    elif chosen == "appealed":
        rows = rows.filter(state=Block.State.ACTIVE, appealed_at__isnull=False, appeal_decision="")
    else:
        rows = rows.filter(state=Block.State.ACTIVE) if chosen == "active" else rows.exclude(state__in=ENDED)
    tabs = [{"url": f"?state={code}", "label": label, "active": code == chosen} for code, label in TABS]
    context = {"page": page_of(rows, request.GET), "tabs": tabs, "may_nominate": actor.may(operations.NOMINATE)}
    return render(request, "calls/blocks.html", context)


@needs(operations.NOMINATE)
@never_cache
def block_new(request: HttpRequest) -> HttpResponse:
    """`?call=ID` begins with that call; the number itself never stands in an address."""
    actor = actor_of(request)
    assert actor.staff is not None
    centre, start = actor.staff.centre, None
    if pk := asked_number(request.GET, "call"):
        rows = Call.objects.filter(centre__in=own_centres(actor))
        start = found_or_404(request, rows.select_related("centre"), stream="call", pk=pk)
        centre = start.centre
    begin = {"number": start.number, "evidence": [start.pk], "days": 7} if start else {"days": 7}
    form = NominateForm(request.POST or None, centre=centre, number=start.number if start else "", initial=begin)
    if request.method == "POST" and "_find" in request.POST:
        form.errors.clear()
    elif request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            row = operations.nominate(actor=actor, centre=centre, **said)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已提名，等待热线主任审批")
            return redirect("calls:block", row.pk)
    return render(request, "calls/block_new.html", {"form": form}, status=422 if form.is_bound and form.errors else 200)


@require_safe
@needs(*BLOCKS)
@never_cache
def block(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk), WordsForm())


@require_POST
@needs(*BLOCKS)
def block_do(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """One decision."""
    row, actor, form = _found(request, pk), actor_of(request), WordsForm(request.POST)
    if word not in DEEDS:
        raise Http404
    deed, done = DEEDS[word]
    if form.is_valid():
        try:
            deed(actor=actor, block=row, words=form.cleaned_data["words"])
        except Refusal as refusal:
            form.add_error("words" if refusal.fields else None, refusal.message)
        else:
            messages.success(request, done)
            return redirect("calls:block", row.pk)
    return _page(request, _found(request, pk), form, status=422)


@require_POST
@needs(*BLOCKS)
def block_export(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _found(request, pk), WordsForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    try:
        content = export_bundle(actor=actor_of(request), block=row, reason=words)
    except Refusal as refusal:
        form.add_error("words", next(iter(refusal.fields.values()), refusal.message))
        return _page(request, row, form, status=422)
    return HttpResponse(content, content_type="application/zip", headers={
        "Content-Disposition": f'attachment; filename="block-{row.pk}.zip"', "Cache-Control": "no-store",
    })


def _found(request: HttpRequest, pk: int) -> Block:
    rows = blocks_seen_by(actor_of(request)).select_related("centre", "nominated_by", "decided_by")
    return found_or_404(request, rows, stream=Block.stream, pk=pk)


def _page(request: HttpRequest, row: Block, form: WordsForm, *, status: int = 200) -> HttpResponse:
    events = [
        {"at": event.at, "label": WORDS.get(event.kind, event.kind), "who": event.actor_name, "text": event.reason}
        for event in Event.objects.filter(stream=Block.stream, stream_id=row.pk).order_by("-seq")
    ]
    calls = row.evidence.select_related("agent").order_by("-entered_at")
    context = {
        "row": row, "form": form, "events": events, "calls": calls, "number": mask_phone(row.number),
        "deeds": _open_to(actor_of(request), row), "may_open": actor_of(request).may("calls.view"),
    }
    return render(request, "calls/block.html", context, status=status)


def _open_to(actor: Actor, row: Block) -> list[dict[str, str]]:
    """What this person may do with it now, the usual first."""
    found: list[dict[str, str]] = []
    if row.state == Block.State.NOMINATED and actor.may(operations.APPROVE) and row.nominated_by_id != actor.staff_id:
        found = [{"word": "approve", "label": "批准", "kind": "primary"}, {"word": "reject", "label": "不批准", "kind": ""}]
    elif row.state == Block.State.ACTIVE and actor.may(operations.APPROVE):
        if row.appealed_at and not row.appeal_decision:
            found = [{"word": "uphold", "label": "驳回申诉，维持拦截", "kind": ""}]
        found += [{"word": "lift", "label": "解除拦截", "kind": "danger"}]
    if row.state == Block.State.ACTIVE and not (row.appealed_at and not row.appeal_decision):
        found += [{"word": "appeal", "label": "登记申诉", "kind": ""}]
    return found
