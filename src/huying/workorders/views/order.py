"""The page of one order, the explanation of its deadlines, its files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.org.policies import needs
from huying.workorders.models import Attachment, Clock, WorkOrder
from huying.workorders.queries.explain import explain
from huying.workorders.queries.files import FileGone, file_response
from huying.workorders.queries.order_page import OrderPage, order_page
from huying.workorders.queries.shown import words_for
from huying.workorders.queries.timeline import Entry, attachments, within
from huying.workorders.rules.next_step import beside
from huying.workorders.rules.wording import GROUPS
from huying.workorders.views.buttons import Button, buttons_of
from huying.workorders.views.subject import actor_of, note_look, order_or_404


@needs()
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    order = order_or_404(request, number)
    note_look(request, order)
    group = request.GET.get("show", "")
    group = group if group in GROUPS else ""
    page = order_page(actor_of(request), order)
    return render(request, "workorders/order.html", order_context(request, page, group))


def order_context(request: HttpRequest, page: OrderPage, group: str = "", back: str = "") -> dict[str, Any]:
    """What the order's templates draw; `back` is where an action returns to."""
    primary, near, rest = split_offers(page, back)
    return {
        "page": page, "order": page.order, "primary": primary, "near": near, "rest": rest, "kinds": tabs(page, group),
        "entries": [with_files(entry, page.order) for entry in page.entries if within(entry, group)],
        "facts": facts(page), "me": actor_of(request),
        "reveals": {name: reverse("workorders:reveal", args=[page.order.number, name]) for name in page.contact or {}},
        "may_reveal": actor_of(request).may("citizens.reveal"), "may_dial": actor_of(request).may("calls.answer"),
    }


def split_offers(page: OrderPage, back: str) -> tuple[Button | None, list[Button], list[Button]]:
    """The biggest button, those beside it, the rest."""
    code = page.primary.action.code if page.primary else ""
    near, rest = beside(code, page.offers)
    first = buttons_of([page.primary], page.order, back) if page.primary else []
    return (first[0] if first else None), [*first[1:], *buttons_of(near, page.order, back)], buttons_of(rest, page.order, back)


def tabs(page: OrderPage, group: str) -> list[dict[str, Any]]:
    """Filter links of the time line, for what there is."""
    here = reverse("workorders:order", args=[page.order.number])
    found = {name for name in GROUPS if any(within(entry, name) for entry in page.entries)}
    rows = [("", "全部"), *((name, label) for name, (label, _) in GROUPS.items() if name in found)]
    return [
        {"url": f"{here}{f'?show={name}' if name else ''}#timeline", "label": label, "active": name == group}
        for name, label in rows
    ]


def with_files(entry: Entry, order: WorkOrder) -> Entry:
    """The entry with its files as the time line's template wants them: with address and thumbnail."""
    entry.files = [file_card(file, order) for file in entry.files]
    return entry


def file_card(file: Attachment, order: WorkOrder) -> dict[str, Any]:
    url = reverse("workorders:file", args=[order.number, file.pk])
    sort = file.media_type.split("/")[0]
    return {
        "name": file.name, "url": url, "size": file.size, "thumbnail": url if sort == "image" else "",
        "kind": {"audio": "录音", "video": "视频"}.get(sort, "文件"),
    }


def facts(page: OrderPage) -> list[tuple[str, Any]]:
    """The order's own data in words, without what is empty."""
    order = page.order
    confirmed = f"已核对（{order.get_address_confirmed_by_display()}）" if order.address_confirmed_at else ""
    rows: list[tuple[str, Any]] = [
        ("类型", order.get_kind_display()), ("专项", order.template.name if order.template.code != "general" else ""),
        ("渠道", order.get_channel_display()), ("区域", order.region.full_name if order.region else ""),
        ("地点", " ".join(filter(None, [page.place, confirmed]))), ("分类", order.category.path if order.category else ""),
        ("外部单号", order.external_number), *page.extra,
    ]
    return [(label, value) for label, value in rows if value]


@needs()
@require_safe
def clock(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """How a due time came about: every counted stretch, every day passed over, every move since."""
    order = order_or_404(request, number)
    row = Clock.objects.select_related("calendar", "assignment__unit").filter(order=order, pk=pk).first()
    if row is None:
        raise Http404
    return render(request, "workorders/clock.html", {"order": order, "clock": row, "count": explain(order, row)})


@needs()
@require_safe
def file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """Hand a file out and put that on record."""
    order = order_or_404(request, number)
    actor = actor_of(request)
    without_voice = actor.unit_id is not None and order.confidential
    found = next((one for one in attachments(order, without_voice=without_voice, shown=words_for(actor, order)) if one.pk == pk), None)
    if found is None:
        raise Http404
    try:
        response = file_response(found, save="save" in request.GET)
    except FileGone as gone:
        raise Http404 from gone
    note_download(request, order, found)
    return response


def note_download(request: HttpRequest, order: WorkOrder, found: Attachment) -> None:
    """Seen where it stands on a page, or taken away: two different things to whoever looks for a leak."""
    kind = Access.Kind.DOWNLOAD if "save" in request.GET else Access.Kind.VIEW
    note_access(
        kind, actor=actor_of(request), centre_id=order.centre_id, stream="order", stream_id=order.pk,
        field=found.name[:60], path=request.path,
    )
