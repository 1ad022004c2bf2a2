"""The walls of the floor, a leader's hand on a seat, an agent's day, the shift log (R115, R218, R222, R293)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huying.calls.forms.floor import DayForm, NoteForm
from huying.calls.models import HelpRequest, SeatSession
from huying.calls.operations.help import answer_help
from huying.calls.operations.seats import FORCED
from huying.calls.operations.supervise import ON_CALLS, supervise
from huying.calls.operations.talk import add_note
from huying.calls.queries.day import day_of
from huying.calls.queries.floor import floor_of
from huying.calls.queries.queues import today_by_hour
from huying.calls.queries.talk import shift_log
from huying.calls.rules.orders import ORDERS
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.org.models import Staff
from huying.org.policies import actor_of, found_or_404, needs
from huying.org.policies.manage import managed_centres
from huying.org.queries import centres_of
from huying.org.rules.asked import words
from huying.ui.fields import refuse


@require_safe
@needs("calls.monitor")
@never_cache
def wall(request: HttpRequest) -> HttpResponse:
    """The whole page, or what of it changes."""
    actor = actor_of(request)
    assert actor.staff is not None
    context: dict[str, Any] = {
        "floor": floor_of(actor.staff.centre, centres_of(actor.staff)), "may": actor.may("calls.supervise"), "now": clock.now(),
        "centre": actor.staff.centre,
        "listens": [(word, ORDERS[word].label) for word in ON_CALLS], "forces": list(FORCED.items()),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "calls/parts/wall_body.html" if part else "calls/wall.html", context)


@require_safe
@needs("calls.monitor")
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """The same for a large screen: dark, no buttons."""
    actor = actor_of(request)
    assert actor.staff is not None
    centres, now = centres_of(actor.staff), clock.now()
    context = {
        "floor": floor_of(actor.staff.centre, centres), "hours": today_by_hour(centres, now), "now": now,
        "centre": actor.staff.centre,
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "calls/parts/board_body.html" if part else "calls/board.html", context)


@require_POST
@needs("calls.supervise")
def hand(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    actor = actor_of(request)
    rows = SeatSession.objects.filter(ended_at=None, centre__in=managed_centres(actor)).select_related("staff", "phone")
    seat = found_or_404(request, rows, stream="seat", pk=pk)
    try:
        done = supervise(actor=actor, seat=seat, word=word, reason=words(request.POST, "reason"))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"已对{seat.staff.name}执行{done}")
    return redirect("calls:wall")


@require_POST
@needs("calls.supervise")
def help_answer(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    found_or_404(request, HelpRequest.objects.filter(centre__in=managed_centres(actor)), stream="help", pk=pk)
    try:
        answer_help(actor=actor, pk=pk, done=request.POST.get("done") == "1")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("calls:wall")


@require_safe
@needs("calls.answer", "calls.monitor")
def day(request: HttpRequest, username: str = "") -> HttpResponse:
    """One's own day, or for a leader anybody's."""
    actor = actor_of(request)
    people = Staff.objects.filter(centre__in=managed_centres(actor), unit=None)
    if not actor.may("calls.monitor"):
        people = people.filter(username=getattr(actor.staff, "username", ""))
    staff = found_or_404(request, people, stream="staff", username=username or getattr(actor.staff, "username", ""))
    form = DayForm(request.GET or None)
    today = clock.now().astimezone(SHANGHAI).date()
    asked = form.cleaned_data.get("day") if form.is_bound and form.is_valid() else None
    context = {"who": staff, "day": day_of(staff, asked or today), "form": form if form.errors else DayForm({"day": asked or today})}
    return render(request, "calls/day.html", context)


@needs("calls.monitor")
def log(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_note(actor=actor, text=form.cleaned_data["text"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return redirect("calls:log")
    status = 422 if form.errors else 200
    return render(request, "calls/log.html", {"rows": shift_log(actor), "form": form}, status=status)
