"""Add words, photos and recordings to an order of one's own; kept in a draft until it is sent, like an appeal."""

import uuid
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.portal import operations
from huying.portal.forms import SupplementForm
from huying.portal.models import OnlineDraft
from huying.portal.policies import citizen
from huying.portal.queries import draft_files, order_ids_of, own_order, progress_of, typed_in
from huying.portal.views.doors import address_of, of_centre, render, status_of, to_track
from huying.portal.views.sheet import SALT, read_token, uploads
from huying.ui.fields import refuse
from huying.workorders.models import WorkOrder
from huying.workorders.queries import NoSuchOrder

ADDING = "portal_adding"
AGAIN = "为保护您的信息，请再验证一次手机号（或查询码）。您写的内容都在，验证后接着提交。"


@of_centre
def supplement(request: HttpRequest, centre: Centre, number: str) -> HttpResponse:
    actor = citizen(request, order_ids_of(request.session, centre))
    try:
        found = own_order(actor, number)
    except NoSuchOrder:
        if request.method == "POST":
            keep_for_later(request, centre, number)
        return to_track(request, centre, AGAIN if request.method == "POST" else AGAIN.split("。")[0] + "。")
    draft = opened(request, centre, found)
    if request.method != "POST":
        return show(request, centre, found, draft, SupplementForm(initial=typed_in(draft)))
    if draft.order_id is not None:  # the second of two clicks
        return redirect("portal:order", centre.code, found.number)
    operations.keep_typed(draft, {"note": request.POST.get("note", "")[:6000]})
    refused = take(request, centre, draft)
    form = SupplementForm(request.POST, has_files=bool(draft.files))
    for each in refused:
        form.add_error("papers", each.message)
    if "_remove" in request.POST:
        operations.remove_file(draft, int(request.POST["_remove"]) if request.POST["_remove"].isdecimal() else 0)
        form.errors.clear()
        return show(request, centre, found, draft, form)
    if form.is_valid():
        try:
            operations.supplement(actor=actor, number=found.number, draft=draft, note=form.cleaned_data["note"])
        except Refusal as refusal:
            refuse(form, refusal)
            return show(request, centre, found, draft, form, status=status_of(refusal))
        messages.success(request, "补充材料已收到，办理的人看得到。")
        return redirect("portal:order", centre.code, found.number)
    return show(request, centre, found, draft, form)


def opened(request: HttpRequest, centre: Centre, order: WorkOrder) -> OnlineDraft:
    """The draft the page names, else the one this browser has open for the order."""
    kept: dict[str, str] = request.session.get(ADDING, {})
    named = read_token(request.POST.get("draft", ""))
    key = named or (uuid.UUID(kept[order.number]) if order.number in kept else uuid.uuid4())
    draft = operations.open_draft(centre, f"add:{order.pk}", key)
    if draft.order_id is not None and named is None:
        draft = operations.open_draft(centre, f"add:{order.pk}", uuid.uuid4())
    if kept.get(order.number) != str(draft.key):
        request.session[ADDING] = {**kept, order.number: str(draft.key)}
    return draft


def keep_for_later(request: HttpRequest, centre: Centre, number: str) -> None:
    """The half hour was over while somebody typed: the words are there again after the next proof."""
    key = read_token(request.POST.get("draft", ""))
    draft = OnlineDraft.objects.filter(key=key, centre=centre, order=None).first() if key else None
    if draft is not None:
        operations.keep_typed(draft, {"note": request.POST.get("note", "")[:6000]})


def take(request: HttpRequest, centre: Centre, draft: OnlineDraft) -> list[Refusal]:
    arrived = uploads(request)
    if not arrived:
        return []
    address = address_of(request)
    try:
        operations.check_limit("file_address", address, centre)
    except Refusal as refusal:
        return [refusal]
    operations.count_use("file_address", address, centre, len(arrived))
    return operations.add_files(draft, citizen(request), arrived)


def show(
    request: HttpRequest, centre: Centre, order: WorkOrder, draft: OnlineDraft, form: SupplementForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "order": order, "form": form, "token": signing.dumps(str(draft.key), salt=SALT), "files": draft_files(draft),
        "offered": order.is_open, "page": progress_of(citizen(request, [order.pk]), order),
    }
    return render(request, centre, "supplement", context, status=status)
