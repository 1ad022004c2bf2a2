"""The follow-up work page: script, digest, four questions, attempts, and what follows."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST, require_safe

from huying.citizens.operations import reveal
from huying.followup.forms import REASONS, AnswerForm, ExemptForm
from huying.followup.models import FollowUp
from huying.followup.models.follow_up import OPEN
from huying.followup.operations import attempt_together
from huying.followup.operations.together import same_person
from huying.followup.queries import Work, work_on
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.policies import Actor, found_or_404, needs
from huying.ui.fields import refuse
from huying.workorders.catalog import UNHAPPY_TREE, CallResult
from huying.workorders.models import Attachment, WorkOrder
from huying.workorders.operations import act, attach
from huying.workorders.policies import visible_to

MISSES = [(str(each), each.label) for each in CallResult if each != CallResult.REACHED]
DONE = {
    "finish_follow_up": "已完成回访，转办结审核", "rehandle": "已发起重办", "press": "已转督办，退回承办单位继续办理",
    "find_impossible": "已认定客观不能解决，转办结审核",
}


def order_of(request: HttpRequest, number: str) -> WorkOrder:
    """An order that is or was in follow-up, if this person may know of it."""
    seen = visible_to(request.actor).filter(follow_ups__isnull=False).distinct()  # type: ignore[attr-defined]
    return found_or_404(request, seen.select_related("contact", "caller", "unit", "pack", "centre"), stream="order", number=number)


@require_safe
@needs("followup.call")
def work(request: HttpRequest, number: str) -> HttpResponse:
    return page(request, order_of(request, number))


def page(request: HttpRequest, order: WorkOrder, **more: Any) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    others = FollowUp.objects.filter(order__number__in=same_person(actor, order.number), state__in=OPEN)
    found = work_on(order, list(others.select_related("order__unit").order_by("call_by")))
    context = {
        "work": found, "order": order, "form": AnswerForm(), "exempt_form": ExemptForm(), "phone": "", "note": "",
        "mine": is_mine(actor, found), "misses": MISSES, "tree": UNHAPPY_TREE, "reasons": REASONS,
        "order_url": order_url(number=order.number), "may_rehandle": actor.may("followup.rehandle"), **more,
    }
    return render(request, "followup/work.html", context)


def is_mine(actor: Actor, found: Work) -> bool:
    """Whether this person holds the round now."""
    row = found.follow_up
    return bool(
        row and found.is_open and row.claimed_by_id == actor.staff_id and row.claimed_until and row.claimed_until > clock.now()
    )


def order_url(number: str) -> str:
    try:
        return reverse("workorders:order", args=[number])
    except NoReverseMatch:
        return ""


@require_POST
@needs("followup.call")
def attempt(request: HttpRequest, number: str) -> HttpResponse:
    """Nobody spoken to: one attempt, on every order of the person that is ticked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    order = order_of(request, number)
    said = {"way": "phone", "result": request.POST.get("result", ""), "note": request.POST.get("note", "")}
    seen = request.POST.get("seen", "")
    try:
        made = attempt_together(
            actor=actor, number=number, others=request.POST.getlist("others"), data=said,
            seen=int(seen) if seen.isdecimal() and len(seen) < 6 else None,
        )
    except Refusal as refusal:
        return page(request, order, refusal=refusal, note=said["note"])
    label = CallResult(said["result"]).label
    messages.success(request, f"已登记“{label}”" + (f"，同时登记到 {len(made)} 张工单" if len(made) > 1 else ""))
    return redirect("followup:desk")


@require_POST
@needs("followup.call")
def give_up(request: HttpRequest, number: str) -> HttpResponse:
    order = order_of(request, number)
    try:
        with transaction.atomic():
            act(actor=request.actor, number=number, code="give_up_follow_up", data={"note": request.POST.get("note", "")})  # type: ignore[attr-defined]
    except Refusal as refusal:
        return page(request, order, refusal=refusal)
    messages.success(request, "未能接通，已转办结审核；评价链接已用短信发给诉求人")
    return onwards(request, order)


@require_POST
@needs("followup.call")
def exempt(request: HttpRequest, number: str) -> HttpResponse:
    order, form = order_of(request, number), ExemptForm(request.POST)
    if form.is_valid():
        try:
            act(actor=request.actor, number=number, code="exempt_follow_up", data=form.cleaned_data)  # type: ignore[attr-defined]
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已登记免回访，转办结审核")
            return onwards(request, order)
    return page(request, order, exempt_form=form)


@require_POST
@needs("followup.call")
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """The four answers; the button decides what follows."""
    order, form = order_of(request, number), AnswerForm(request.POST, request.FILES)
    code = request.POST.get("do", "finish_follow_up")
    if code not in DONE:
        raise Http404
    if form.is_valid():
        try:
            with transaction.atomic():
                perform(request, order, code, form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, DONE[code])
            return onwards(request, order)
    return page(request, order, form=form)


def perform(request: HttpRequest, order: WorkOrder, code: str, said: dict[str, Any]) -> None:
    data = {**said, "way": "phone"}
    if upload := data.pop("proof"):
        purpose = Attachment.Purpose.EVIDENCE
        data["proof"] = [attach(actor=request.actor, centre_id=order.centre_id, upload=upload, purpose=purpose, order=order).pk]  # type: ignore[attr-defined]
    act(actor=request.actor, number=order.number, code=code, data=data)  # type: ignore[attr-defined]


def onwards(request: HttpRequest, order: WorkOrder) -> HttpResponse:
    """To the next order of the same person while he is on the line, else back to the desk."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    held = FollowUp.objects.filter(
        order__number__in=same_person(actor, order.number), claimed_by_id=actor.staff_id, claimed_until__gt=clock.now(), state__in=OPEN
    )
    following = held.order_by("call_by").values_list("order__number", flat=True).first()
    return redirect("followup:work", following) if following else redirect("followup:desk")


@require_POST
@needs("followup.call")
def phone(request: HttpRequest, number: str) -> HttpResponse:
    """Show the number to dial, to whoever holds the round; on record as any look at a secret field (R154)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    order = order_of(request, number)
    if order.contact is None or not is_mine(actor, work_on(order, [])):
        return redirect("followup:work", number)
    try:
        shown = reveal(actor=actor, contact=order.contact, field="phone", reason="回访拨打电话", stream="order", stream_id=order.pk)
    except Refusal as refusal:
        return page(request, order, refusal=refusal)
    return page(request, order, phone=shown)
