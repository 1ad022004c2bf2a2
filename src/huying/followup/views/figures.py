"""The month's figures of following up, each opened to the rows that miss it, and the schemes of satisfaction."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from huying.followup.forms import MonthForm, SchemeForm
from huying.followup.operations import make_scheme
from huying.followup.queries import (
    SHIPPED,
    executed_rate,
    satisfaction,
    scheme_in_force,
    schemes_of,
    timely_rate,
)
from huying.followup.rules import FULL, Tally, parse_scheme
from huying.followup.views.ratings import midnight
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.org.policies import Actor, needs
from huying.ui.fields import refuse
from huying.ui.rules.shapes import percent
from huying.workorders.catalog import Satisfaction

SHOWN = 50


@require_safe
@needs("followup.view")
def statistics(request: HttpRequest) -> HttpResponse:
    return page(request, SchemeForm(initial={"very": "1", "yes": "1", "fair": "0.8", "no": "0"}))


def page(request: HttpRequest, scheme_form: SchemeForm) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = MonthForm(request.GET)
    month = (form.cleaned_data["month"] if form.is_valid() else "") or f"{clock.now().astimezone(SHANGHAI):%Y-%m}"
    first = date.fromisoformat(f"{month}-01")
    start, end = midnight(first), midnight((first + timedelta(days=32)).replace(day=1))
    executed, timely = executed_rate(actor, start, end), timely_rate(actor, start, end)
    missed = timely.all.exclude(pk__in=timely.good.values("pk")).select_related("order__unit").order_by("due_at")
    context = {
        "form": form if form.errors else MonthForm({"month": month}), "month": month, "executed": executed, "timely": timely,
        "missed": missed[:SHOWN], "unexecuted": executed.all.exclude(pk__in=executed.good.values("pk"))[:SHOWN],
        "unreached": executed.good.filter(follow_ups__result="unreached").distinct().count(),
        "levels": [level.label for level in Satisfaction], "schemes": by_scheme(actor, start, end),
        "scheme_form": scheme_form, "may_manage": actor.may("followup.manage"),
    }
    return render(request, "followup/statistics.html", context)


def by_scheme(actor: Actor, start: Any, end: Any) -> list[dict[str, Any]]:
    """Every scheme of the centre beside the shipped one, with the rate each gives; the one in force is marked."""
    assert actor.staff is not None
    centre: Centre = actor.staff.centre
    named = [(row.name, row.weights) for row in schemes_of(centre)] + [("默认方案", SHIPPED)]
    in_force = scheme_in_force(centre)[0]
    rows = []
    for name, data in named:
        weights = parse_scheme(data)
        heard, heard_rate = satisfaction(actor, start, end, weights)
        given, given_rate = satisfaction(actor, start, end, weights, source="ratings")
        rows.append({
            "name": name, "in_force": name == in_force,
            "weights": [data.get(str(level)) for level in Satisfaction],
            "heard": [heard.get(str(level), 0) for level in Satisfaction], "heard_rate": words(heard_rate),
            "given": [given.get(str(level), 0) for level in Satisfaction], "given_rate": words(given_rate),
        })
    return rows


def words(rate: Tally) -> str:
    """`80.00%（0.8/1）`: what is shown is exact, also where a level counts for part of an answer."""
    part = f"{Decimal(rate.numerator) / FULL:f}"
    part = part.rstrip("0").rstrip(".") if "." in part else part
    return f"{percent(rate.numerator, rate.denominator * FULL)}（{part}/{rate.denominator}）"


@require_POST
@needs("followup.manage")
def make(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.staff is not None
    form = SchemeForm(request.POST)
    if form.is_valid():
        try:
            make_scheme(actor=actor, centre=actor.staff.centre, name=form.cleaned_data["name"], weights=form.weights())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "方案已建立并生效，原有方案保留可查")
            return redirect("followup:statistics")
    return page(request, form)
