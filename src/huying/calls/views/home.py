"""For which centre something new is made, or whose settings are shown."""

from django.http import HttpRequest

from huying.calls.policies import own_centres
from huying.org.models import Centre
from huying.org.policies import actor_of, found_or_404
from huying.org.rules.asked import number


def home_of(request: HttpRequest) -> Centre:
    """`?centre=ID`, one of those below the own; the own without it."""
    actor = actor_of(request)
    assert actor.staff is not None
    asked = number(request.GET, "centre")
    if asked is None or asked == actor.staff.centre_id:
        return actor.staff.centre
    return found_or_404(request, own_centres(actor), stream="centre", pk=asked)
