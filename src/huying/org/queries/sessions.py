"""Who is signed in from where."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from huying.kernel import clock
from huying.org.models import SignIn, Staff
from huying.org.policies import Actor

KEPT = timedelta(days=90)


def idle_since() -> datetime:
    """Who was last seen before this moment has been signed out by the idle time-out."""
    return clock.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)


def open_sessions(actor: Actor) -> QuerySet[SignIn]:
    """The sessions that `actor` may see and end: those of the staff of the own centre and the centres below it."""
    rows = SignIn.objects.filter(ended_at=None, seen_at__gt=idle_since()).select_related("staff__centre", "staff__unit")
    if actor.staff is None or not actor.may("org.end_sessions"):
        return rows.none()
    if actor.staff.unit:
        return rows.filter(staff__unit__path__startswith=actor.staff.unit.path)
    return rows.filter(staff__centre__path__startswith=actor.staff.centre.path)


def sessions_of(staff: Staff) -> QuerySet[SignIn]:
    """The last twenty of the last ninety days, open and ended."""
    return SignIn.objects.filter(staff=staff, seen_at__gt=clock.now() - KEPT)[:20]
