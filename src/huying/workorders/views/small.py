"""Small things around one order: showing a masked field, following, holding, suggesting units."""

from collections import Counter

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.citizens.models import Contact
from huying.citizens.operations import reveal as show_field
from huying.kernel.errors import Refusal
from huying.org.models import Unit
from huying.org.policies import NotAllowed, needs, note_refusal
from huying.ui.fields import refuse
from huying.workorders.forms import RevealForm
from huying.workorders.forms.units import label_of, matching
from huying.workorders.operations.calls import dial_appellant
from huying.workorders.operations.claim import claim, release
from huying.workorders.operations.follow import follow as keep_following
from huying.workorders.policies import sees_contact
from huying.workorders.queries import NoSuchOrder
from huying.workorders.queries.similar import similar_orders
from huying.workorders.views.subject import actor_of, is_partial, order_or_404, order_url, way_back

SUGGESTED = 40


@needs("citizens.reveal")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, number: str, field: str) -> HttpResponse:
    """Asks why, then shows the one field once and puts that on record (R154, R167)."""
    order = order_or_404(request, number)
    actor = actor_of(request)
    contact = order.contact
    if contact is None or field not in Contact.SECRET_FIELDS or not sees_contact(actor, order):
        note_refusal(actor, stream="order", stream_id=order.pk, path=request.path, reason="联系信息对其不可见")
        raise Http404
    form = RevealForm(request.POST or None)
    context = {"order": order, "form": form, "label": Contact.SECRET_FIELDS[field], "back_url": order_url(number)}
    if not actor.may("citizens.reveal"):
        return render(request, "ui/refused.html", {"refusal": NotAllowed(), "back_url": order_url(number)}, status=403)
    if request.method == "POST" and form.is_valid():
        try:
            context["value"] = show_field(
                actor=actor, contact=contact, field=field, reason=form.cleaned_data["reason"], stream="order",
                stream_id=order.pk,
            )
        except Refusal as refusal:
            refuse(form, refusal)
    return render(request, "workorders/reveal.html", context)


@needs("calls.answer")
@require_POST
def dial(request: HttpRequest, number: str) -> HttpResponse:
    """Call the appellant with one click, at the seat one is signed in to."""
    order = order_or_404(request, number)
    try:
        dial_appellant(actor=actor_of(request), order=order)
    except NoSuchOrder:
        note_refusal(actor_of(request), stream="order", stream_id=order.pk, path=request.path, reason="联系信息对其不可见")
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "正在呼叫：先接起您的话机，再接通诉求人")
    return HttpResponseRedirect(way_back(request, request.POST.get("next", ""), order))


@needs()
@require_POST
def follow(request: HttpRequest, number: str) -> HttpResponse:
    order = order_or_404(request, number)
    on = request.POST.get("on") != "0"
    keep_following(actor=actor_of(request), number=number, on=on)
    messages.success(request, "已关注，可在“我关注的”里找到" if on else "已取消关注")
    return HttpResponseRedirect(way_back(request, request.POST.get("next", ""), order))


@needs()
@require_POST
def hold(request: HttpRequest, number: str) -> HttpResponse:
    """Claim or renew (`on=1`), or give up. For htmx the answer is the sign that stands in the page."""
    order = order_or_404(request, number)
    actor, words = actor_of(request), ""
    try:
        change = release if request.POST.get("on") == "0" else claim
        order = change(actor=actor, number=number)
    except Refusal as refusal:
        words = refusal.message
    if is_partial(request):
        return render(request, "workorders/parts/hold.html", {"order": order, "held_by_other": words, "me": actor})
    if words:
        messages.warning(request, words)
    return HttpResponseRedirect(way_back(request, request.POST.get("next", ""), order))


@needs()
@require_safe
def units(request: HttpRequest, number: str) -> HttpResponse:
    """Suggestions while a unit's name is typed: bare options, at most forty."""
    order = order_or_404(request, number)
    text = next((value for name, value in request.GET.items() if name not in {"as", "below"}), "")
    found = matching(units_for(order.centre.path, request.GET.get("below", "")), str(text)[:60].split("（")[0])
    options = [label_of(unit) for unit in found.order_by("path")[:SUGGESTED]]
    return render(request, "workorders/parts/unit_options.html", {"options": options})


def units_for(centre_path: str, below: str) -> QuerySet[Unit]:
    found = Unit.objects.filter(is_active=True, centre__path__startswith=centre_path)
    if below.isdecimal() and len(below) < 18:
        parent = found.filter(pk=int(below)).first()
        found = found.filter(path__startswith=parent.path).exclude(pk=parent.pk) if parent else found.none()
    return found


@needs("workorders.review", "workorders.dispatch", "workorders.review_special")
@require_safe
def alike(request: HttpRequest, number: str) -> HttpResponse:
    """Past orders like this one and where they went: a panel for htmx, a page otherwise."""
    order = order_or_404(request, number)
    actor = actor_of(request)
    text = f"{order.title}\n{order.content}"
    rows = similar_orders(actor, text=text, region=order.region_id or "", exclude=order.number)
    sent = Counter(row.order.unit for row in rows if row.order.unit)
    units = [(label_of(unit), unit, count) for unit, count in sent.most_common(3) if actor.may("workorders.dispatch")]
    context = {
        "order": order, "rows": rows, "units": units, "back": request.GET.get("next", ""),
        "dispatch_url": reverse("workorders:do", args=[number, "dispatch"]),
    }
    return render(request, "workorders/parts/alike.html" if is_partial(request) else "workorders/alike.html", context)
