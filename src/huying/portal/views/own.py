"""One order of one's own: how far it is, and what its citizen may do with it."""

import re
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from huying.followup.operations import rate_own as give_rating
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.org.policies import Actor
from huying.portal import operations
from huying.portal.forms import RateForm, UrgeForm, WithdrawForm
from huying.portal.policies import citizen
from huying.portal.queries import order_ids_of, own_order, progress_of
from huying.portal.queries.progress import Progress, own_file
from huying.portal.views.doors import of_centre, render, to_track
from huying.ui.fields import refuse
from huying.workorders.models import Attachment, WorkOrder
from huying.workorders.queries import NoSuchOrder, file_response

AGAIN = "为保护您的信息，请再验证一次手机号（或查询码）。"
_TOKEN = re.compile(r"[0-9a-f]{32}")


def mine(request: HttpRequest, centre: Centre, number: str) -> tuple[Actor, WorkOrder]:
    """Who is looking, and the order. Raises NoSuchOrder for whatever this browser has not proven.

    The page's token names the action, so a double click counts as one.
    """
    token = request.POST.get("once", "")
    actor = citizen(request, order_ids_of(request.session, centre))
    if _TOKEN.fullmatch(token):
        actor = Actor(actor.kind, actor.name, ip=actor.ip, request_id=token, order_ids=actor.order_ids)
    return actor, own_order(actor, number)


@of_centre
def order(request: HttpRequest, centre: Centre, number: str) -> HttpResponse:
    """Stages, sentence, deadlines, answer, history, who looked at the data."""
    try:
        actor, found = mine(request, centre, number)
    except NoSuchOrder:
        return to_track(request, centre, AGAIN)
    page = progress_of(actor, found)
    context = {"order": found, "page": page, "files": shown_files(centre, page, page.own_files),
               "reply_files": shown_files(centre, page, page.reply_files)}
    return render(request, centre, "order", context)


def shown_files(centre: Centre, page: Progress, rows: list[Attachment]) -> list[dict[str, Any]]:
    return [
        {"name": row.name, "size": row.size, "at": row.uploaded_at, "kind": KINDS.get(row.media_type.split("/")[0], "文件"),
         "url": reverse("portal:file", args=[centre.code, page.order.number, row.pk]),
         "thumbnail": reverse("portal:file", args=[centre.code, page.order.number, row.pk]) if row.media_type.startswith("image/") else ""}
        for row in rows
    ]


KINDS = {"image": "照片", "audio": "录音", "video": "视频"}


@of_centre
def file(request: HttpRequest, centre: Centre, number: str, pk: int) -> HttpResponseBase:
    """Own material, or what came with the answer; nothing else of the order."""
    try:
        actor, found = mine(request, centre, number)
        page = progress_of(actor, found)
        return file_response(own_file([*page.own_files, *page.reply_files], pk))
    except Refusal as refusal:
        raise Http404 from refusal


@of_centre
def urge(request: HttpRequest, centre: Centre, number: str) -> HttpResponse:
    return act_page(request, centre, number, "urge", UrgeForm, _urge, "已催办，办理的人会看到。")


@of_centre
def withdraw(request: HttpRequest, centre: Centre, number: str) -> HttpResponse:
    return act_page(request, centre, number, "withdraw", WithdrawForm, _withdraw, "已撤单，不再办理。需要时可以重新反映。")


@of_centre
def rate_own(request: HttpRequest, centre: Centre, number: str) -> HttpResponse:
    return act_page(request, centre, number, "rate", RateForm, _rate, "谢谢您的评价，我们已经收到。")


def act_page(
    request: HttpRequest, centre: Centre, number: str, code: str, form_class: Any, perform: Any, words: str
) -> HttpResponse:
    """A page that asks, then does it: the same for all that a citizen may do with one press."""
    try:
        actor, found = mine(request, centre, number)
    except NoSuchOrder:
        return to_track(request, centre, AGAIN)
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            perform(actor, found, form, request)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, words)
            return redirect("portal:order", centre.code, found.number)
    page = progress_of(actor, found)
    context = {"order": found, "page": page, "form": form, "offered": code in page.may, "once": uuid.uuid4().hex}
    return render(request, centre, code, context)


def _urge(actor: Actor, found: WorkOrder, form: UrgeForm, request: HttpRequest) -> None:
    operations.urge(actor=actor, number=found.number, note=form.cleaned_data["note"])


def _withdraw(actor: Actor, found: WorkOrder, form: WithdrawForm, request: HttpRequest) -> None:
    seen = request.POST.get("version", "")
    operations.withdraw(
        actor=actor, number=found.number, reason=form.reason, version=int(seen) if seen.isdecimal() else None
    )


def _rate(actor: Actor, found: WorkOrder, form: RateForm, request: HttpRequest) -> None:
    said = form.cleaned_data
    give_rating(
        actor=actor, number=found.number, satisfaction=said["satisfaction"], reason=said["unhappy"], text=said["note"]
    )
