"""The lists people work from: list left, order right where one decides order after order."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from huying.kernel.errors import Refusal
from huying.org.policies import Actor, found_or_404, needs, note_refusal
from huying.workorders.forms import ActionForm, FilterForm, SaveFilter
from huying.workorders.operations.claim import holder_of
from huying.workorders.operations.saved_filters import drop_filter, save_filter
from huying.workorders.queries.filters import Filters
from huying.workorders.queries.lists import PAGE_SIZE, Page, desks_of, find_desk, page_of
from huying.workorders.queries.order_page import order_page, orders_with_all
from huying.workorders.queries.saved import saved_filters
from huying.workorders.queries.search import search_page
from huying.workorders.rules.desks import Desk
from huying.workorders.views.act import defaults, likely_units, subject
from huying.workorders.views.order import order_context
from huying.workorders.views.spans import Span, span_of, spans
from huying.workorders.views.subject import actor_of, is_partial, note_look

FIRST = "first"


@needs()
@require_safe
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """`?page=CURSOR`, `?open=NUMBER` (or `first`) for the order beside the list, the filters by their names."""
    actor = actor_of(request)
    found = desk_or_404(request, code)
    opened = request.GET.get("open", "") if found.split else ""
    if is_partial(request) and request.headers.get("HX-Target") == "desk-order" and opened:
        return render(request, "workorders/parts/desk_order.html", beside(request, found, opened))
    form = FilterForm(request.GET, actor=actor, desk=found)
    form.is_valid()
    filters, span = form.filters(), span_of(request.GET.get("span", ""))
    page = rows(actor, found, filters, span, request.GET.get("page", ""))
    if opened == FIRST:
        opened = page.lines[0].order.number if page.lines else ""
    context = listing(request, found, form, page) | {"spans": spans(request.GET, span) if page.since else []}
    if opened:
        context |= beside(request, found, opened)
    return render(request, "workorders/desk.html", context)


@needs()
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """To the first of the lists that do not stand in the main menu."""
    found = next((one for one in desks_of(actor_of(request)) if not one.menu), None)
    if found is None:
        raise Http404
    return HttpResponseRedirect(desk_url(found.code))


def desk_or_404(request: HttpRequest, code: str) -> Desk:
    actor = actor_of(request)
    found = find_desk(actor, code)
    if found is None:
        note_refusal(actor, stream="page", path=request.path, reason=f"没有列表 {code}")
        raise Http404
    return found


def rows(
    actor: Actor, found: Desk, filters: Filters, span: Span, cursor: str, *, size: int = PAGE_SIZE, counted: bool = True
) -> Page:
    """Long lists are searched through their words; short ones are read through."""
    long = found.code in {"all", "closed"} and not filters.units and not filters.pinpoints
    if long and (filters.text or (filters.facets and found.side == "centre")):
        return search_page(
            actor, filters, desk=found, cursor=cursor, size=size, window=span.length, counted=counted
        )
    return page_of(actor, found, filters, cursor=cursor, size=size, counted=counted)


def listing(request: HttpRequest, found: Desk, form: FilterForm, page: Page) -> dict[str, Any]:
    """The list's own part of the context."""
    actor, here = actor_of(request), desk_url(found.code)
    saved = [(row, f"{here}?{query}") for row, query in saved_filters(actor, found.code)]
    narrowed = {key for key, values in request.GET.lists() if key not in {"page", "open", "span"} and any(values)}
    return {
        "desk": found, "page": page, "form": form, "here": here, "narrowed": bool(narrowed), "saved": saved,
        "empty": "没有符合条件的工单，可以放宽条件" if narrowed else found.empty, "clear_url": here if narrowed else "",
        "save_form": SaveFilter(), "before": link(request, page=page.before) if page.before else "",
        "after": link(request, page=page.after) if page.after else "", "first": link(request) if request.GET.get("page") else "",
        "order_words": ORDER_WORDS[found.sort], "tabs": tabs(actor, found) if not found.menu else [],
        "outside": actor.unit_id is not None, "may_export": actor.may("workorders.export"),
        "query": narrowed_query(request), "me": actor, "rest_open": bool(narrowed & REST), "open_url": open_url(request),
    }


ORDER_WORDS = {"due": "先到期的在前", "new": "新的在前", "old": "先申请的在前"}
REST = {"external", "phone", "channel", "template", "since", "until", "state", "mark", "unit"}


def tabs(actor: Actor, current: Desk) -> list[dict[str, Any]]:
    """The lists that do not stand in the main menu."""
    return [
        {"url": desk_url(one.code), "label": one.label, "active": one.code == current.code}
        for one in desks_of(actor) if not one.menu
    ]


def beside(request: HttpRequest, found: Desk, number: str) -> dict[str, Any]:
    """The order on the right, its first step ready to be taken."""
    actor = actor_of(request)
    order = found_or_404(request, orders_with_all(actor), stream="order", number=number)
    note_look(request, order)
    page = order_page(actor, order)
    back = f"{desk_url(found.code)}?{urlencode({'open': FIRST})}" if found.split else desk_url(found.code)
    context = order_context(request, page, back=back) | {"opened": order, "held_by_other": holder_of(order, actor)}
    primary = context["primary"]
    if primary and not primary.at_once:
        action = page.primary.action if page.primary else None
        assert action is not None
        task, plea = subject(request, order, action)
        start = {**defaults(request, order, action, task, plea), "next": back, "target": primary.target}
        context["form_inline"] = ActionForm(
            actor=actor, order=order, action=action, task=task, initial=start, likely=likely_units(order, action, plea)
        )
        context["action"] = action
    return {"pane": context, "desk": found, "list_url": link(request, keep_page=True), "here": desk_url(found.code)}


def link(request: HttpRequest, keep_page: bool = False, **more: str) -> str:
    """This list with the same filters, without the opened order, on another page."""
    query = request.GET.copy()
    for name in ("open", *([] if keep_page else ["page"])):
        query.pop(name, None)
    for name, value in more.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def open_url(request: HttpRequest) -> str:
    """This page of the list with an order opened, but for the order's number."""
    here = link(request, keep_page=True)
    return f"{here}{'&' if '?' in here else '?'}open="


def narrowed_query(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in ("open", "page"):
        query.pop(name, None)
    return query.urlencode()


def desk_url(code: str) -> str:
    return reverse(f"workorders:desk-{code}")


@needs()
@require_POST
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the filters of the query string under a name."""
    found = desk_or_404(request, code)
    form = SaveFilter(request.POST)
    if form.is_valid():
        try:
            save_filter(
                actor=actor_of(request), desk=code, name=form.cleaned_data["name"],
                query={key: [str(text) for text in values] for key, values in request.GET.lists()},
            )
            messages.success(request, f"已保存为“{form.cleaned_data['name']}”")
        except Refusal as refusal:
            messages.error(request, refusal.message)
    else:
        messages.error(request, "名称请写 1 到 20 个字")
    query = narrowed_query(request)
    return HttpResponseRedirect(f"{desk_url(found.code)}?{query}" if query else desk_url(found.code))


@needs()
@require_POST
def forget(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    desk_or_404(request, code)
    if not drop_filter(actor=actor_of(request), pk=pk):
        raise Http404
    messages.success(request, "已删除")
    return HttpResponseRedirect(desk_url(code))
