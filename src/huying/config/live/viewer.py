"""Who is watching, and what that person may know of."""

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils.crypto import constant_time_compare

from huying.config.live.news import News
from huying.config.live.phone import PhoneNews
from huying.org.models import Staff
from huying.org.policies import staff_actor
from huying.org.queries import centres_of


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person as of the moment the stream began; looked at again every minute."""

    staff_id: int
    session_key: str
    centres: frozenset[int]
    unit_path: str
    sees_all: bool
    sees_sensitive: bool
    monitors: bool = False

    def may_know(self, news: News) -> bool:
        """The rule of `visible_to`, for one event."""
        if self.unit_path:
            return any(path.startswith(self.unit_path) for path in news.unit_paths)
        if news.centre_id not in self.centres or not (self.sees_all or news.by == self.staff_id):
            return False
        return self.sees_sensitive or not news.sensitive

    def may_hear(self, news: PhoneNews) -> bool:
        """One's own seat; all of the centre for those who watch the walls."""
        return news.staff_id == self.staff_id or (self.monitors and news.centre_id in self.centres)


def viewer_of(cookie_header: str) -> Viewer | None:
    """The person of this Cookie header; None for a visitor, an ended session or a closed account."""
    try:
        cookies = SimpleCookie(cookie_header)
    except CookieError:
        return None
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return viewer_by_key(morsel.value) if morsel else None


def viewer_by_key(session_key: str) -> Viewer | None:
    try:
        session = SessionStore(session_key)
        if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            return None
        people = Staff.objects.select_related("centre", "unit").prefetch_related("roles").filter(is_active=True)
        staff = people.filter(pk=session.get(SESSION_KEY) or 0, centre__is_active=True).first()
        if staff is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), staff.get_session_auth_hash()):
            return None
        actor = staff_actor(staff)
        return Viewer(
            staff.pk, session_key, frozenset(centres_of(staff)), staff.unit.path if staff.unit else "",
            actor.may("workorders.view_centre"), actor.may("workorders.view_sensitive"), actor.may("calls.monitor"),
        )
    finally:
        connection.close()
