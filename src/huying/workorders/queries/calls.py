"""The calls of an order, for its time line."""

from contextlib import suppress

from django.urls import NoReverseMatch, reverse

from huying.calls.models import Call
from huying.org.policies import Actor
from huying.workorders.models import OrderCall, WorkOrder
from huying.workorders.policies import visible_to


def calls_of(order: WorkOrder) -> list[OrderCall]:
    rows = OrderCall.objects.filter(order=order).select_related("call__agent", "call__centre")
    return list(rows.prefetch_related("call__recordings").order_by("call__entered_at"))


def length_words(call: Call) -> str:
    seconds = round(call.talk_ms / 1000)
    return f"{seconds // 60} 分 {seconds % 60} 秒" if seconds >= 60 else f"{seconds} 秒"


def page_of(actor: Actor, call: Call) -> str:
    """The address of a call's page, where its recording is played; "" for who may not open it."""
    if actor.may("calls.view") or (actor.may("calls.view_own") and call.agent_id == actor.staff_id):
        with suppress(NoReverseMatch):
            return reverse("calls:call", args=[call.pk])
    return ""


def calls_of_number(actor: Actor, number: str) -> list[int]:
    """Keys of the calls of the order with that number, if this person may know of the order."""
    rows = OrderCall.objects.filter(order__in=visible_to(actor).filter(number=number))
    return list(rows.values_list("call_id", flat=True))


def orders_of_call(actor: Actor, call: Call) -> list[dict[str, str]]:
    """The orders written from a call or about it, as far as this person may know of them."""
    rows = visible_to(actor).filter(calls__call=call).distinct()
    return [{"number": row.number, "title": row.title, "url": reverse("workorders:order", args=[row.number])} for row in rows[:20]]
