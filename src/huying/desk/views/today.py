"""The agent's day."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huying.calls.queries.fullness import voicemails_for
from huying.desk.queries import today as day
from huying.org.policies import actor_of, needs


@needs("workorders.intake")
def today(request: HttpRequest) -> HttpResponse:
    staff = actor_of(request).staff
    assert staff is not None
    context = {
        "figures": day.figures(staff), "returned": day.returned_to(staff), "drafts": day.drafts_of(staff),
        "pressing": day.pressing(staff), "taken": day.taken_today(staff), "voicemails": voicemails_for(actor_of(request)),
    }
    return render(request, "desk/today.html", context)
