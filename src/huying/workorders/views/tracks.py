"""Tracks and special services side by side; every number opens the list of its orders (R101)."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huying.kernel import clock
from huying.org.policies import needs
from huying.workorders.forms.filters import PeriodForm, midnight
from huying.workorders.queries.tracks import ENDED_OTHERWISE, Counts, by_track
from huying.workorders.views.desk import desk_url
from huying.workorders.views.subject import actor_of
from huying.workorders.workflow import OPEN, State


@needs("workorders.view_centre")
@require_safe
def tracks(request: HttpRequest) -> HttpResponse:
    """`?since=&until=`, both days included; this month when they are left out or make no sense."""
    today = clock.now().astimezone(clock.SHANGHAI).date()
    form = PeriodForm(request.GET if request.GET else None)
    said = form.cleaned_data if form.is_valid() else {}
    since, until = said.get("since") or today.replace(day=1), said.get("until") or today
    if since > until:
        form.add_error("since", "开始日期在结束日期之后，请改正")
        since, until = today.replace(day=1), today
    start, end = midnight(since), midnight(until, after=1)
    assert start is not None and end is not None
    found = by_track(actor_of(request), start, end)
    total = sum((track.counts for track in found), Counts())
    rows = [(track, [(service, cells(service.counts, since, until, service.template)) for service in track.services])
            for track in found]
    context = {
        "form": form if form.errors else PeriodForm({"since": since, "until": until}), "rows": rows, "total": total,
        "total_cells": cells(total, since, until), "since": since, "until": until,
    }
    return render(request, "workorders/tracks.html", context)


def cells(counts: Counts, since: date, until: date, template: int | None = None) -> list[tuple[int, str]]:
    """Taken, open, overdue, closed, ended otherwise, each with the address of its list."""
    asked: dict[str, Any] = {"since": since.isoformat(), "until": until.isoformat(), "span": "all"}
    if template is not None:
        asked["template"] = template

    def link(code: str = "all", states: frozenset[State] = frozenset()) -> str:
        query = [*asked.items(), *(("state", str(state)) for state in State if state in states)]
        return f"{desk_url(code)}?{urlencode(query)}"

    return [
        (counts.taken, link()), (counts.open, link(states=OPEN)), (counts.overdue, link("overdue")),
        (counts.closed, link(states=frozenset({State.CLOSED}))), (counts.ended, link(states=ENDED_OTHERWISE)),
    ]
