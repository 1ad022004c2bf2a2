"""From a call to its form: opened by the phone bar when the call is answered, and by hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from huying.desk.operations import open_for_call
from huying.desk.queries.calls import calls_taken_by
from huying.org.policies import actor_of, found_or_404, needs


@needs("workorders.intake")
@never_cache
def for_call(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    call = found_or_404(request, calls_taken_by(actor).select_related("caller"), stream="call", pk=pk)
    return redirect("desk:intake", key=open_for_call(actor, call))
