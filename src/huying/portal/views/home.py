"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from huying.org.models import Centre
from huying.portal.policies import citizen
from huying.portal.queries import NoCentre, default_centre, my_orders, online_templates, order_ids_of
from huying.portal.views.doors import of_centre, render


def front(request: HttpRequest) -> HttpResponseBase:
    """Without a centre in the address: the site of the only, or the first, centre."""
    try:
        found = default_centre()
    except NoCentre:  # a new installation: nobody but its operator has anything to do here
        return redirect("org:sign-in")
    return redirect("portal:home", found.code)


@of_centre
def home(request: HttpRequest, centre: Centre) -> HttpResponse:
    own = order_ids_of(request.session, centre)
    context = {"specials": online_templates(centre), "mine": my_orders(citizen(request, own))[:3] if own else []}
    return render(request, centre, "home", context)
