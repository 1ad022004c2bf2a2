"""A recording kept as evidence beyond its time, and let go again: asks why."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from huying.calls.forms.calls import HoldForm
from huying.calls.operations.hold_recording import hold_recording
from huying.calls.views.calls import recording_of
from huying.kernel.errors import Refusal
from huying.org.policies import actor_of, needs
from huying.ui.fields import refuse


@needs("calls.download")
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    row = recording_of(request, pk)
    on = row.held_at is None
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hold_recording(actor=actor_of(request), recording=row, on=on, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "录音已转为长期保存，到期不再清除" if on else "已解除长期保存，录音按规则到期清除")
            return redirect("calls:call", pk=row.call_id)
    until = f"{row.kept_until:%Y-%m-%d}" if row.kept_until else "到期日"
    context = {
        "heading": "长期保存录音" if on else "解除长期保存", "form": form, "label": "长期保存" if on else "解除",
        "question": "到期后不清除，直到解除。" if on else f"解除后按规则保存到 {until}，已过期的当晚清除。",
        "back_url": reverse("calls:call", args=[row.call_id]),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)
