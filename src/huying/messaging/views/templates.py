"""The wording of every scene, its switch, a preview, a trial message; the centre's signature and limits."""

from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.kernel.errors import Refusal
from huying.messaging.forms import RuleForm, TemplateForm, TrialForm
from huying.messaging.operations import save_rule, save_template, try_out
from huying.messaging.queries import Voice, voice_of
from huying.messaging.rules import AUDIENCES, SCENES, BadTemplate, Scene, check_text, sample_values, segments
from huying.messaging.rules import render as worded
from huying.messaging.rules.wording import ALWAYS, FIELD_LABELS, in_chinese
from huying.org.models import Centre
from huying.org.policies import needs
from huying.ui.fields import refuse


def centre_of(request: HttpRequest) -> Centre:
    centre: Centre = request.actor.staff.centre  # type: ignore[attr-defined]
    return centre


def scene_or_404(code: str) -> Scene:
    if code not in SCENES:
        raise Http404
    return SCENES[code]


@require_safe
@needs("messaging.manage")
def templates(request: HttpRequest) -> HttpResponse:
    return _templates(request, None)


def _templates(request: HttpRequest, form: RuleForm | None) -> HttpResponse:
    voice = voice_of(centre_of(request).pk)
    groups = [
        {"label": label, "scenes": [
            {"scene": each, "text": in_chinese(voice.text(each)), "is_on": voice.is_on(each), "own": each.code in voice.texts}
            for each in SCENES.values() if each.audience == audience]}
        for audience, label in AUDIENCES.items()
    ]
    rule = voice.rule
    start = {"signature": rule.signature, "per_hour": rule.per_hour, "per_day": rule.per_day}
    return render(request, "messaging/templates.html", {"groups": groups, "form": form or RuleForm(initial=start)})


@require_POST
@needs("messaging.manage")
def rule(request: HttpRequest) -> HttpResponse:
    form = RuleForm(request.POST)
    if form.is_valid():
        try:
            save_rule(actor=request.actor, centre=centre_of(request), **form.cleaned_data)  # type: ignore[attr-defined]
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            notices.success(request, "签名和频次已保存")
            return redirect("messaging:templates")
    return _templates(request, form)


@require_POST
@needs("messaging.manage")
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """On or off, the words as they are."""
    scene, voice = scene_or_404(code), voice_of(centre_of(request).pk)
    is_on = request.POST.get("on") == "1"
    save_template(
        actor=request.actor, centre=centre_of(request), code=code, text=voice.text(scene), is_on=is_on,  # type: ignore[attr-defined]
    )
    notices.success(request, f"“{scene.label}”已{'开启' if is_on else '关闭'}")
    return redirect("messaging:templates")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("messaging.manage")
def template(request: HttpRequest, code: str) -> HttpResponse:
    """Edit one scene. The button 预览 shows what would go out and saves nothing."""
    scene = scene_or_404(code)
    voice = voice_of(centre_of(request).pk)
    form = TemplateForm(request.POST or None, initial={"text": in_chinese(voice.text(scene)), "is_on": voice.is_on(scene)})
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            save_template(actor=request.actor, centre=centre_of(request), code=code, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            notices.success(request, f"“{scene.label}”已保存")
            return redirect("messaging:template", code)
    return _template(request, scene, voice, form, TrialForm())


@require_POST
@needs("messaging.manage")
def trial(request: HttpRequest, code: str) -> HttpResponse:
    scene = scene_or_404(code)
    form, voice = TrialForm(request.POST), voice_of(centre_of(request).pk)
    if form.is_valid():
        try:
            try_out(actor=request.actor, centre=centre_of(request), code=code, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            notices.success(request, "已试发一条，结果见短信记录")
            return redirect("messaging:template", code)
    words = TemplateForm(initial={"text": in_chinese(voice.text(scene)), "is_on": voice.is_on(scene)})
    return _template(request, scene, voice, words, form)


def _template(request: HttpRequest, scene: Scene, voice: Voice, form: TemplateForm, trial_form: TrialForm) -> HttpResponse:
    """The page, with the preview of whatever text stands in the form."""
    text, samples = str(form["text"].value() or ""), sample_values(scene)
    preview: dict[str, Any] = {}
    try:
        words = f"【{voice.rule.signature}】{worded(scene, check_text(scene, text), samples)}"
        preview = {"text": words, "letters": len(words), "parts": segments(words)}
    except BadTemplate as refusal:
        if form.is_bound and not form.errors:
            refuse(form, refusal)
    context = {
        "scene": scene, "audience": AUDIENCES[scene.audience], "form": form, "trial": trial_form, "preview": preview,
        "fields": [(FIELD_LABELS[name], samples[name], name in scene.must) for name in (*scene.fields, *ALWAYS)],
        "own": scene.code in voice.texts,
    }
    return render(request, "messaging/template.html", context)
