"""The watermark over staff pages, and the citizen's choice of large type."""

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from huying.ui.rules.times import when_seconds

_ELDER_PARAMETER = re.compile(r"(?<=[?&])elder=[01](&|$)")


@require_safe
def watermark(request: HttpRequest) -> HttpResponse:
    """Account and time as a picture laid over the page: fetched anew with every page, so a screenshot carries both."""
    if not request.user.is_authenticated:
        raise Http404
    words = {"account": request.user.get_username(), "moment": when_seconds(timezone.now())}
    response = HttpResponse(render_to_string("ui/watermark.svg", words), content_type="image/svg+xml")
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def elder(request: HttpRequest) -> HttpResponse:
    """Remember large type for a year and go back to the page the person came from."""
    back = _ELDER_PARAMETER.sub("", request.GET.get("next", "/"))
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    if request.GET.get("on") == "1":
        response.set_cookie("huying_elder", "1", max_age=31_536_000, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("huying_elder")
    return response
