"""Behind the bare address: staff come to their work, everybody else to the citizens' site."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from huying.org import views as staff
from huying.portal import views as citizens


def front(request: HttpRequest) -> HttpResponseBase:
    return citizens.front(request) if getattr(request, "actor", None) is None else staff.home(request)
