"""Prompts: written or recorded, listened to, where they are heard."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings as site
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huying.calls.forms.prompts import MOST_SIGNS, PromptForm
from huying.calls.models import Prompt, PromptSound
from huying.calls.operations.prompts import delete_prompt, save_prompt
from huying.calls.operations.rows import MANAGE
from huying.calls.policies import own_centres, settings_rows
from huying.calls.queries.flows import uses_of
from huying.calls.rules.recorded import packed
from huying.calls.views.home import home_of
from huying.kernel.errors import Refusal
from huying.org.policies import actor_of, found_or_404, needs
from huying.org.queries.paging import page_of
from huying.org.rules.asked import text
from huying.switch import speech
from huying.ui.fields import refuse


def prompts_of(request: HttpRequest) -> QuerySet[Prompt]:
    return settings_rows(actor_of(request), Prompt).select_related("centre")


@require_safe
@needs(MANAGE)
def prompts(request: HttpRequest) -> HttpResponse:
    """`?q=` looks into names and texts."""
    rows, asked = prompts_of(request).order_by("centre_id", "code"), text(request.GET, "q")
    if asked:
        rows = rows.filter(name__icontains=asked) | rows.filter(text__icontains=asked)
    page = page_of(rows, request.GET, size=100)
    uses = uses_of(page.rows)
    drawn = [(row, uses[row.pk]) for row in page.rows]
    return render(request, "calls/settings/prompts.html", {"page": page, "drawn": drawn, "asked": asked})


@needs(MANAGE)
@never_cache
def prompt_new(request: HttpRequest) -> HttpResponse:
    return _prompt_page(request, Prompt(centre=home_of(request)))


@needs(MANAGE)
@never_cache
def prompt(request: HttpRequest, pk: int) -> HttpResponse:
    return _prompt_page(request, found_or_404(request, prompts_of(request), stream="prompt", pk=pk))


@require_POST
@needs(MANAGE)
def prompt_delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = found_or_404(request, prompts_of(request), stream="prompt", pk=pk)
    try:
        delete_prompt(actor=actor_of(request), row=row)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("calls:prompt", pk)
    messages.success(request, f"语音“{row.name}”已删除")
    return redirect("calls:prompts")


@require_safe
@needs(MANAGE)
@never_cache
def prompt_sound(request: HttpRequest, pk: int) -> HttpResponse:
    """What callers hear: the recording, or the text as the voice reads it."""
    row = found_or_404(request, prompts_of(request), stream="prompt", pk=pk)
    if row.is_recorded:
        kept = PromptSound.objects.filter(prompt=row).first()
        if kept is None:
            raise Http404
        return _wav(bytes(kept.data))
    if not row.text:
        raise Http404
    return _spoken(row.text)


@require_safe
@needs(MANAGE)
@never_cache
def prompt_try(request: HttpRequest) -> HttpResponse:
    """`?text=` as it would be read, before it is saved."""
    words = str(request.GET.get("text", "")).replace("\0", "").strip()[:MOST_SIGNS]
    return _spoken(words) if words else HttpResponse("请先写上文字", status=422, content_type="text/plain; charset=utf-8")


def _spoken(words: str) -> HttpResponse:
    try:
        return _wav(packed(speech.convert(speech.voice(site.SWITCH_VOICE).speak(words))))
    except speech.NoVoice as refusal:
        return HttpResponse(refusal.message, status=503, content_type="text/plain; charset=utf-8")


def _wav(data: bytes) -> HttpResponse:
    return HttpResponse(data, content_type="audio/wav", headers={"Content-Length": str(len(data)), "Accept-Ranges": "none"})


def _prompt_page(request: HttpRequest, found: Prompt) -> HttpResponse:
    actor, made = actor_of(request), found.pk is None
    form = PromptForm(request.POST or None, request.FILES or None, instance=found, actor=actor)
    about: dict[str, Any] = {"form": form, "home": found.centre, "homes": list(own_centres(actor)) if made else []}
    if request.method == "POST" and "_try" in request.POST:
        words = str(form.data.get("text", "")).strip()[:MOST_SIGNS]
        form.errors.clear()  # it is drawn again as typed; a file has to be chosen again, and the page says so
        about |= {"trial": f"{reverse('calls:prompt-try')}?{urlencode({'text': words})}" if words else "", "tried": True,
                  "lost_file": bool(request.FILES)}
    elif request.method == "POST" and form.is_valid():
        try:
            saved = save_prompt(actor=actor, row=form.save(commit=False), sound=form.sound)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"语音“{saved.name}”已保存，下一个来电起生效")
            return redirect("calls:prompt", saved.pk)
    kept = None if made else Prompt.objects.get(pk=found.pk)
    about |= {"row": kept, "uses": uses_of([kept])[kept.pk] if kept else []}
    return render(request, "calls/settings/prompt.html", about, status=422 if form.is_bound and form.errors else 200)
