"""One box for everything: words, an order number, another platform's number, a telephone."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huying.org.policies import needs
from huying.workorders.queries.filters import Filters
from huying.workorders.queries.search import direct_hits, excerpts, search_page
from huying.workorders.templatetags.rows import facts
from huying.workorders.views.desk import link
from huying.workorders.views.spans import span_of, spans
from huying.workorders.views.subject import actor_of, order_url

LONGEST = 50


@needs()
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`?q=` with optional `span` and `page`. A whole order number leads straight to its order."""
    actor = actor_of(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    span, context = span_of(request.GET.get("span", "")), {"text": text, "me": actor}
    if text:
        hits = [] if request.GET.get("page") else direct_hits(actor, text)
        if len(hits) == 1 and hits[0].order.number == "".join(text.split()):
            return HttpResponseRedirect(order_url(hits[0].order.number))
        context |= results(request, text, hits, span)
    return render(request, "workorders/search.html", context)


def results(request: HttpRequest, text: str, hits: list[Any], span: Any) -> dict[str, Any]:
    actor = actor_of(request)
    page = search_page(actor, Filters(text=text), cursor=request.GET.get("page", ""), window=span.length)
    found = excerpts(actor, [line.order.pk for line in page.lines], text)
    return {
        "hits": hits, "page": page, "rows": [(line, facts(line, actor), found.get(line.order.pk, [])) for line in page.lines],
        "spans": spans(request.GET, span), "before": link(request, page=page.before) if page.before else "",
        "after": link(request, page=page.after) if page.after else "",
        "first": link(request) if request.GET.get("page") else "",
    }
