"""For which centre something new is made."""

from django.http import HttpRequest

from huying.org.models import Centre
from huying.org.policies import Actor, found_or_404
from huying.org.policies.manage import managed_centres
from huying.org.rules.asked import number


def chosen_centre(request: HttpRequest, actor: Actor) -> Centre:
    """`?centre=ID`, one of those below the own; the own without it. Raises Http404 (on record) for any other."""
    assert actor.staff is not None
    asked = number(request.GET, "centre")
    if asked is None or asked == actor.staff.centre_id:
        return actor.staff.centre
    return found_or_404(request, managed_centres(actor), stream="centre", pk=asked)
