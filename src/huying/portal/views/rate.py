"""Rate how it was handled: by the one-time link of a message, without phone or code (R054, R283)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render as django_render

from huying.followup.models import Rating
from huying.followup.operations import AlreadyRated, BadToken, open_token
from huying.followup.operations import rate as give_rating
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.portal.forms import RateForm
from huying.portal.policies import citizen
from huying.portal.queries import my_orders, order_ids_of
from huying.portal.queries.progress import may_rate
from huying.portal.views.doors import of_centre, render
from huying.ui.fields import refuse


def rate(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind the link; used or too old, it says so. The link itself names the centre, so the page shows none."""
    try:
        about = open_token(token[:60])
    except BadToken as bad:
        return django_render(request, "portal/rate_link.html", {"refusal": bad}, status=404)
    form = RateForm(request.POST if request.method == "POST" else None)
    thanks = about.rated and request.method != "POST"
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            give_rating(token=token, satisfaction=said["satisfaction"], reason=said["unhappy"], text=said["note"],
                        ip=request.META.get("REMOTE_ADDR"))
        except AlreadyRated:
            return django_render(request, "portal/rate_link.html", {"about": about, "rated": True})
        except BadToken as bad:
            return django_render(request, "portal/rate_link.html", {"refusal": bad}, status=404)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return django_render(request, "portal/rate_link.html", {"about": about, "thanks": True})
    return django_render(request, "portal/rate_link.html", {"about": about, "form": form, "rated": thanks})


@of_centre
def rate_home(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Those of one's own orders that wait for a rating; for everybody else, how to get there."""
    if request.method not in {"GET", "HEAD"}:
        raise Http404
    own = order_ids_of(request.session, centre)
    orders = my_orders(citizen(request, own)) if own else []
    rated = set(Rating.objects.filter(order_id__in=own).values_list("order_id", "round"))
    waiting = [order for order in orders if (order.pk, order.reopen_count) not in rated and may_rate(order)]
    return render(request, centre, "rate_home", {"waiting": waiting, "known": bool(own)})
