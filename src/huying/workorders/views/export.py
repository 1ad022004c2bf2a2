"""Asking for a list as a file, allowing it, fetching it."""

from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.kernel.errors import Refusal
from huying.org.policies import Actor, needs
from huying.ui.fields import refuse
from huying.workorders.forms import DecideExport, FilterForm, WantExport
from huying.workorders.models import ExportRequest
from huying.workorders.operations.export import (
    ROWS_MOST,
    NoSuchExport,
    decide_export,
    fetch_export,
    note_rows,
    request_export,
)
from huying.workorders.queries.export_file import MEDIA_TYPES, export_file, export_rows, watermark
from huying.workorders.queries.lists import find_desk
from huying.workorders.rules.desks import DESKS, Desk
from huying.workorders.views.desk import desk_or_404, desk_url, rows
from huying.workorders.views.spans import span_of
from huying.workorders.views.subject import actor_of

_STEP = 500
SHOWN = 100


@needs("workorders.export", "workorders.approve_export")
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """One's own requests, and those that wait for a decision of this person."""
    actor = actor_of(request)
    found = ExportRequest.objects.select_related("requested_by", "decided_by", "centre")
    seen = found.filter(centre__path__startswith=actor.staff.centre.path if actor.staff else "-")
    waiting = []
    if actor.may("workorders.approve_export"):
        waiting = list(seen.filter(state=ExportRequest.State.PENDING).exclude(requested_by=actor.staff)[:SHOWN])
    mine = seen if actor.may("workorders.approve_export") else seen.filter(requested_by=actor.staff)
    context = {"waiting": [(row, about(row)) for row in waiting], "rows": [(row, about(row)) for row in mine[:SHOWN]],
               "me": actor, "form": DecideExport()}
    return render(request, "workorders/exports.html", context)


def about(row: ExportRequest) -> list[tuple[str, str]]:
    """What the request asks for, in words."""
    desk = next((one for one in DESKS.values() if one.code == row.desk), None)
    shown = [(key, "、".join(values)) for key, values in row.query.items() if values]
    names = {name: str(field.label) for name, field in FilterForm.base_fields.items()} | {"unit": "承办单位", "span": "查找范围"}
    return [("列表", desk.label if desk else row.desk), *((names.get(key, key), value) for key, value in shown)]


@needs("workorders.export")
@require_http_methods(["GET", "HEAD", "POST"])
def want(request: HttpRequest) -> HttpResponse:
    """`?desk=` and the list's filters, as the list's own address has them."""
    actor = actor_of(request)
    found = desk_or_404(request, request.GET.get("desk", ""))
    query = {key: [str(text) for text in values if text] for key, values in request.GET.lists()
             if key not in {"desk", "open", "page", "phone"}}
    query = {key: values for key, values in query.items() if values}
    number = len(all_ids(actor, found, query, ROWS_MOST + 1))
    form = WantExport(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            request_export(actor=actor, desk=found.code, query=query, rows=number, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "申请已提交，等待审批；同意后 24 小时内可下载一次")
            return redirect("workorders:exports")
    back = f"{desk_url(found.code)}?{urlencode(query, doseq=True)}"
    many = f"超过 {ROWS_MOST} 条" if number > ROWS_MOST else f"共 {number} 条"
    context = {
        "heading": "申请导出", "question": f"{found.label}，按当前条件{many}", "form": form, "label": "提交申请", "back_url": back,
    }
    return render(request, "ui/confirm.html", context)


def all_ids(actor: Actor, found: Desk, query: dict[str, list[str]], most: int) -> list[int]:
    """Ids of every order on the list as it is filtered, in its order, at most `most`."""
    said = QueryDict(mutable=True)
    for key, values in query.items():
        said.setlist(key, list(values))
    form = FilterForm(said, actor=actor, desk=found)
    form.is_valid()
    filters, span = form.filters(), span_of(str(said.get("span", "")))
    ids: dict[int, None] = {}
    cursor = ""
    while len(ids) < most:
        page = rows(actor, found, filters, span, cursor, size=_STEP, counted=False)
        ids |= dict.fromkeys(line.order.pk for line in page.lines)
        cursor = page.after
        if not cursor:
            break
    return list(ids)[:most]


@needs("workorders.approve_export")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    form = DecideExport(request.POST)
    words = form.cleaned_data["decision"] if form.is_valid() else ""
    agree = request.POST.get("agree") == "1"
    try:
        decide_export(actor=actor_of(request), pk=pk, agree=agree, words=words)
    except NoSuchExport as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已同意" if agree else "已退回")
    return redirect("workorders:exports")


@needs("workorders.export")
@require_POST
def fetch(request: HttpRequest, pk: int) -> HttpResponse:
    """The one download. It is counted as taken before the file is made: whoever breaks off has to ask again."""
    actor = actor_of(request)
    try:
        row = fetch_export(actor=actor, pk=pk, path=request.path)
    except NoSuchExport as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("workorders:exports")
    found = find_desk(actor, row.desk)
    if found is None:
        raise Http404
    ids = all_ids(actor, found, row.query, ROWS_MOST)
    note_rows(actor=actor, row=row, ids=ids, path=request.path)
    content = export_file(row, watermark(actor, row), export_rows(actor, ids))
    answer = HttpResponse(content, content_type=MEDIA_TYPES[row.format])
    name = f"工单导出-{row.pk}.{row.format}"
    answer["Content-Disposition"] = f"attachment; filename=\"export-{row.pk}.{row.format}\"; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    return answer
