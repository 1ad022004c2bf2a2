"""Messages between people on the floor, and asking the shift leader for help (R212)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from huying.calls.forms.floor import MessageForm
from huying.calls.operations.help import ask_help
from huying.calls.operations.talk import read_messages, send_message
from huying.calls.queries.seats import seat_of
from huying.calls.queries.talk import between, partners_of
from huying.calls.views.seat import drawn, where_it_was
from huying.kernel.errors import Refusal
from huying.org.models import Staff
from huying.org.policies import actor_of, found_or_404, needs
from huying.org.rules.asked import words
from huying.ui.fields import refuse

TALKS = ("calls.answer", "calls.monitor")


@needs(*TALKS)
@never_cache
def talk(request: HttpRequest, username: str = "") -> HttpResponse:
    """With whom, what was said, and one more word. Opening it reads what came; without a name it is whoever waits longest
    unread, if anybody does."""
    actor = actor_of(request)
    staff = actor.staff
    assert staff is not None
    rows = Staff.objects.filter(centre_id=staff.centre_id, unit=None)
    other = found_or_404(request, rows, stream="staff", username=username) if username else None
    form = MessageForm(request.POST or None, staff=staff, initial={"receiver": other})
    if request.method == "POST" and form.is_valid():
        try:
            row = send_message(actor=actor, receiver=form.cleaned_data["receiver"], text=form.cleaned_data["text"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return redirect("calls:talk-with", username=row.receiver.username)
    partners = partners_of(staff)
    if request.method == "GET" and other is None and (unread := [each for each in partners if each.unread]):
        return redirect("calls:talk-with", username=unread[-1].staff.username)
    if other is not None:
        read_messages(actor=actor, sender=other)
        partners = partners_of(staff)
    context = {"partners": partners, "other": other, "said": between(staff, other) if other else [], "form": form}
    return render(request, "calls/talk.html", context, status=422 if form.errors else 200)


@require_POST
@needs("calls.answer")
def call_for_help(request: HttpRequest) -> HttpResponse:
    """From the bar, in the middle of a call: the page stays where it is."""
    actor = actor_of(request)
    session = seat_of(actor.staff) if actor.staff else None
    refusal = "" if session else "请先签入坐席，再求助值班长"
    if session is not None:
        ask_help(actor=actor, session=session, note=words(request.POST, "note"))
    if request.headers.get("HX-Request"):
        return drawn(request, actor, refusal)
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, "已通知值班长")
    return where_it_was(request)
