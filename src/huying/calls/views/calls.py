"""Searching calls, the page of one call, its recordings heard and taken out (R217, R221, R223)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.calls.forms.calls import CallFilter, DownloadForm
from huying.calls.models import Call, Recording
from huying.calls.operations.blocks import MAY_APPEAL, WrongState, appeal
from huying.calls.operations.take_out import take_out
from huying.calls.policies import calls_seen_by
from huying.calls.queries.call_list import page_of_calls
from huying.calls.queries.call_page import block_to_appeal, orders_of, page_of_call
from huying.calls.queries.sealed import DamagedRecording, folder, opened, whole
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.org.policies import Actor, actor_of, found_or_404, needs
from huying.org.queries import centres_of
from huying.org.rules.asked import words
from huying.ui.fields import refuse

log = structlog.get_logger("huying.calls.recordings")
LISTENING = timedelta(hours=1)
SEES = ("calls.view", "calls.view_own")


@require_safe
@needs(*SEES)
def calls(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    assert actor.staff is not None
    form = CallFilter(request.GET or None, centres=centres_of(actor.staff))
    found = form.cleaned_data if form.is_bound and form.is_valid() else {}
    page = page_of_calls(actor, found, request.GET.get("after", ""))
    return render(request, "calls/calls.html", {"form": form, "page": page, "first": "after" in request.GET})


@require_safe
@needs(*SEES)
@never_cache
def call(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = call_of(request, pk)
    context = {
        "page": page_of_call(row), "call": row, "orders": orders_of(actor, row), "may_download": actor.may("calls.download"),
        "may_reveal": actor.may("citizens.reveal"), "kept_out": block_to_appeal(row) if actor.may_any(MAY_APPEAL) else None,
    }
    return render(request, "calls/call.html", context)


@require_POST
@needs(*MAY_APPEAL)
def call_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """A blocked caller who got through objects: whoever hears it writes it down for those who decide (R216)."""
    row = call_of(request, pk)
    block = block_to_appeal(row)
    try:
        if block is None:
            raise WrongState("这个号码没有生效中的拦截，或已有申诉在等待处理")
        appeal(actor=actor_of(request), block=block, words=words(request.POST, "words"))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "申诉已登记，等待负责人处理")
    return redirect("calls:call", row.pk)


def call_of(request: HttpRequest, pk: int) -> Call:
    rows = calls_seen_by(actor_of(request)).select_related("agent", "last_agent", "group", "caller", "centre")
    return found_or_404(request, rows, stream="call", pk=pk)


def recording_of(request: HttpRequest, pk: int) -> Recording:
    """A sealed recording of a call this person may see. Raises Http404."""
    rows = Recording.objects.filter(call__in=calls_seen_by(actor_of(request))).select_related("call")
    row = found_or_404(request, rows, stream="recording", pk=pk)
    if row.state != Recording.State.SEALED or not (folder() / row.path).is_file():
        raise Http404
    return row


@require_safe
@needs(*SEES)
def sound(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The sound itself, as a whole or the stretch a player asks for; whoever starts to listen is on record."""
    row = recording_of(request, pk)
    begin, end = asked_range(request.headers.get("Range", ""), row.size)
    if begin >= end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{row.size}"})
    if request.method == "GET" and (begin == 0 or not heard_lately(actor_of(request), row)):
        note(actor_of(request), row, Access.Kind.VIEW, "收听录音", request.path)
    if begin == 0 and not whole(row):
        log.error("recording_damaged", recording=row.pk)
        return HttpResponse(DamagedRecording.message, status=409, content_type="text/plain; charset=utf-8")
    partial = "Range" in request.headers
    answer = StreamingHttpResponse(stream(row, begin, end), status=206 if partial else 200, content_type="audio/wav")
    answer["Accept-Ranges"], answer["Content-Length"] = "bytes", str(end - begin)
    if partial:
        answer["Content-Range"] = f"bytes {begin}-{end - 1}/{row.size}"
    return answer


def heard_lately(actor: Actor, row: Recording) -> bool:
    """Whether this person is on record as listening: a player asks for a sound in stretches, the first need not be the beginning."""
    lately = clock.now() - LISTENING
    about = Access.objects.filter(stream="call", stream_id=row.call_id, field="recording", path__endswith=f"/{row.pk}/sound")
    return about.filter(kind=Access.Kind.VIEW, actor_id=actor.staff_id, at__gt=lately).exists()


def stream(row: Recording, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
    return opened(folder() / row.path, row.name, row.size, begin, end)


def asked_range(header: str, size: int) -> tuple[int, int]:
    """(first, behind last) of "bytes=0-99"; the whole for anything else, nothing for what lies behind the end."""
    unit, _, text = header.partition("=")
    first, dash, last = text.partition("-")
    if unit.strip() != "bytes" or not dash or "," in text:
        return 0, size
    if not first.strip().isdecimal():
        return (max(0, size - int(last)), size) if last.strip().isdecimal() else (0, size)
    begin = int(first)
    end = int(last) + 1 if last.strip().isdecimal() else size
    return (begin, min(end, size)) if begin < size else (size, size)


@needs("calls.download")
@never_cache
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks what for; the file carries who took it out and when."""
    actor, row = actor_of(request), recording_of(request, pk)
    form = DownloadForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "calls/download.html", {"form": form, "row": row}, status=status)
    now = clock.now().astimezone(SHANGHAI)
    try:
        sound_of = take_out(actor=actor, recording=row, reason=form.cleaned_data["reason"], path=request.path)
    except DamagedRecording as refusal:
        refuse(form, refusal)
        return render(request, "calls/download.html", {"form": form, "row": row}, status=409)
    answer = HttpResponse(sound_of, content_type="audio/wav")
    answer["Content-Disposition"] = content_disposition_header(True, file_name(row, actor, now)) or ""
    return answer


def file_name(row: Recording, actor: Actor, now: datetime) -> str:
    username = actor.staff.username if actor.staff else ""
    return f"{row.call_id}-{row.call.entered_at.astimezone(SHANGHAI):%Y%m%d%H%M%S}-{username}-{now:%Y%m%d%H%M%S}.wav"


def note(actor: Actor, row: Recording, kind: Access.Kind, reason: str, path: str) -> None:
    note_access(
        kind, actor=actor, centre_id=row.centre_id, stream="call", stream_id=row.call_id, field="recording", reason=reason, path=path
    )

