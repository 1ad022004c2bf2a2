"""The parts of the intake page that follow what is typed: the caller, orders alike, hints, places."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from huying.desk.forms import IntakeForm
from huying.desk.queries.callers import caller_card
from huying.desk.queries.found import found_orders
from huying.desk.queries.places import children_of, places_like
from huying.desk.queries.templates import templates_for
from huying.desk.rules import script_for
from huying.org.models import Centre
from huying.org.policies import Actor, actor_of, needs
from huying.workorders.queries.hints import hints_for
from huying.workorders.queries.similar import similar_orders


def home(request: HttpRequest) -> tuple[Actor, Centre]:
    """The person and the centre that person takes appeals in for."""
    actor = actor_of(request)
    assert actor.staff is not None
    return actor, actor.staff.centre


@needs("workorders.intake")
@sensitive_post_parameters("phone")
@require_POST
def caller(request: HttpRequest) -> HttpResponse:
    actor, _ = home(request)
    card = caller_card(actor, request.POST.get("phone", ""))
    return render(request, "desk/parts/caller.html", {"caller": card})


@needs("workorders.intake")
@sensitive_post_parameters()
@require_POST
def beside(request: HttpRequest) -> HttpResponse:
    """Right column and hints, of what the form holds now."""
    actor, centre = home(request)
    form = IntakeForm(request.POST, centre=centre, templates=templates_for(centre))
    form.is_valid()
    context = {**beside_context(actor, form), "hints": hints_for(actor, form.facts(), form.chosen_region())[0], "oob": True}
    return render(request, "desk/parts/beside.html", context)


def beside_context(actor: Actor, form: IntakeForm) -> dict[str, Any]:
    """What the right column shows: orders found, orders alike, the script of the type."""
    text = " ".join((form.value("title"), form.value("content"), form.value("place")))
    sought = form.value("q")
    region = getattr(form, "cleaned_data", {}).get("region") or ""
    return {
        "sought": sought,
        "found": found_orders(actor, sought) if sought else [],
        "similar": similar_orders(actor, text=text, phone=form.value("phone"), region=region),
        "script": script_for(form.value("kind")),
        "kind": form.value("kind"),
    }


@needs("workorders.intake")
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    _, centre = home(request)
    return render(request, "desk/parts/places.html", {"places": places_like(centre, request.GET.get("place_find", "")[:60])})


@needs("workorders.intake")
@require_GET
def regions(request: HttpRequest) -> HttpResponse:
    """The next level's options, for `ui.fields.RegionSelect`."""
    _, centre = home(request)
    children = children_of(centre)(request.GET.get("parent", "")[:12])
    return render(request, "ui/components/region_options.html", {"children": children})
