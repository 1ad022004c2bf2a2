"""What citizens themselves said, newest first."""

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huying.followup.forms import RatingFilter
from huying.followup.queries import ratings_seen_by
from huying.followup.views.work import order_url
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.policies import needs

PAGE = 50
MOST = 1000
SHOWN_FOR = timedelta(days=30)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


@require_safe
@needs("followup.view")
def ratings(request: HttpRequest) -> HttpResponse:
    form = RatingFilter(request.GET)
    found = form.cleaned_data if form.is_valid() else {}
    since = found.get("since") or clock.now().astimezone(SHANGHAI).date() - SHOWN_FOR
    rows = ratings_seen_by(request.actor).filter(at__gte=midnight(since)).order_by("-id")  # type: ignore[attr-defined]
    if until := found.get("until"):
        rows = rows.filter(at__lt=midnight(until + timedelta(days=1)))
    rows = rows.filter(**{name: found[name] for name in ("satisfaction", "channel") if found.get(name)})
    count = rows[: MOST + 1].count()
    if (before := request.GET.get("before", "")).isdecimal() and len(before) <= 18:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows[: PAGE + 1])
    for row in page:
        row.order_url = order_url(row.order.number)  # type: ignore[attr-defined]
    context = {
        "form": form, "rows": page[:PAGE], "count": min(count, MOST), "capped": count > MOST, "since": f"{since:%Y-%m-%d}",
        "next": page[PAGE - 1].pk if len(page) > PAGE else None, "first": bool(before),
    }
    return render(request, "followup/ratings.html", context)
