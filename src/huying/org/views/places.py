"""Centres and handling units."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from huying.kernel.errors import Refusal
from huying.org.forms import CentreForm, UnitForm
from huying.org.models import Unit
from huying.org.operations.units import save_centre, save_unit
from huying.org.policies import actor_of, found_or_404, needs
from huying.org.policies.manage import managed_centres, managed_units
from huying.org.queries.paging import page_of
from huying.org.queries.people import centre_list, unit_list
from huying.org.queries.regions import region_children
from huying.org.rules.asked import number, text
from huying.org.templatetags.org import SECTIONS, sections
from huying.org.views.chosen import chosen_centre
from huying.ui.fields import refreshing, refuse


@needs(*(right for _, _, right in SECTIONS))
def manage(request: HttpRequest) -> HttpResponse:
    """The first section this person may open."""
    return redirect(sections(actor_of(request))[0]["url"])


@needs("org.manage_centres")
def centres(request: HttpRequest) -> HttpResponse:
    return render(request, "org/centres.html", {"rows": centre_list(actor_of(request))})


@needs("org.manage_centres")
def centre_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    assert actor.staff is not None
    own = actor.staff.centre
    return _centre_page(request, CentreForm(request.POST or None, actor=actor, centre=own, initial={"parent": own.pk}))


@needs("org.manage_centres")
def centre(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = found_or_404(request, managed_centres(actor), stream="centre", pk=pk)
    return _centre_page(request, CentreForm(request.POST or None, instance=row, actor=actor, centre=row))


@needs("org.manage_units")
def units(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    page = page_of(unit_list(actor, request.GET), request.GET, size=100)
    context = {"page": page, "asked": request.GET, "centres": managed_centres(actor)}
    return render(request, "org/units.html", context)


@needs("org.manage_units")
def unit_new(request: HttpRequest) -> HttpResponse:
    """`?parent=ID` opens a sub-unit, `?centre=ID` one of a centre below the own."""
    actor = actor_of(request)
    parent: Unit | None = None
    if above := number(request.GET, "parent"):
        parent = found_or_404(request, managed_units(actor), stream="unit", pk=above)
    home = parent.centre if parent else chosen_centre(request, actor)
    fresh = Unit(centre=home)
    start = {"parent": parent.pk if parent else actor.unit_id, "region": home.region_id}
    return _unit_page(request, UnitForm(request.POST or None, instance=fresh, actor=actor, centre=home, initial=start))


@needs("org.manage_units")
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = found_or_404(request, managed_units(actor), stream="unit", pk=pk)
    return _unit_page(request, UnitForm(request.POST or None, instance=row, actor=actor, centre=row.centre))


@require_safe
def regions(request: HttpRequest) -> HttpResponse:
    """The options below `?parent=CODE`, for every form with an address; public, as the divisions are."""
    children = region_children(text(request.GET, "parent"))
    return render(request, "ui/components/region_options.html", {"children": children})


def _centre_page(request: HttpRequest, form: CentreForm) -> HttpResponse:
    if request.method == "POST" and not refreshing(form) and form.is_valid():
        try:
            row = save_centre(form.actor, form.save(commit=False))
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{row.name} 已保存")
            return redirect("org:centres")
    return render(request, "org/centre.html", _context(form))


def _unit_page(request: HttpRequest, form: UnitForm) -> HttpResponse:
    if request.method == "POST" and not refreshing(form) and form.is_valid():
        try:
            row = save_unit(form.actor, form.save(commit=False))
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{row.name} 已保存")
            return redirect("org:units")
    return render(request, "org/unit.html", {**_context(form), "centre_of": form.centre})


def _context(form: Any) -> dict[str, Any]:
    return {"form": form, "row": form.instance if form.instance.pk else None}
