"""Whom and what a request is about."""

from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.org.policies import Actor, found_or_404
from huying.workorders.models import WorkOrder
from huying.workorders.queries.order_page import orders_with_all


def actor_of(request: HttpRequest) -> Actor:
    """The person signed in; views are behind `needs`, which has asked for one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def order_or_404(request: HttpRequest, number: str) -> WorkOrder:
    """The order with all its page needs, if this person may know of it; else 404 and the refusal on record (R207)."""
    found: WorkOrder = found_or_404(request, orders_with_all(actor_of(request)), stream="order", number=number)
    return found


def note_look(request: HttpRequest, order: WorkOrder) -> None:
    """Put on record who opened a sensitive or confidential order (R154)."""
    if order.is_sensitive or order.confidential:
        note_access(
            Access.Kind.VIEW, actor=actor_of(request), centre_id=order.centre_id, stream="order", stream_id=order.pk,
            path=request.path,
        )


def way_back(request: HttpRequest, text: str, order: WorkOrder | None = None) -> str:
    """`text` when it is an address of our own, else the order's page."""
    if text and url_has_allowed_host_and_scheme(text, {request.get_host()}, request.is_secure()):
        return text
    return order_url(order.number) if order else "/"


def order_url(number: str) -> str:
    return reverse("workorders:order", args=[number])


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page (going back in history asks for all of it)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"
