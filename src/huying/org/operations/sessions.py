"""Browser sessions: one row each, seen at most once a minute, ended in one place (issue, section 2)."""

from importlib import import_module

from django.conf import settings
from django.db import transaction

from huying.kernel import clock
from huying.org.models import SignIn, Staff
from huying.org.operations.history import record
from huying.org.policies import Actor
from huying.org.policies.gate import BY_ONESELF


def open_session(staff: Staff, *, key: str, ip: str | None, agent: str) -> SignIn:
    return SignIn.objects.create(staff=staff, session_key=key, ip=ip, agent=agent[:200])


def note_seen(key: str) -> None:
    SignIn.objects.filter(session_key=key, ended_at=None).update(seen_at=clock.now())


def move_session(old: str, new: str) -> None:
    """The browser session goes on under another key (after a change of password)."""
    SignIn.objects.filter(session_key=old).update(session_key=new)


def end_session(sign_in: SignIn, actor: Actor, *, reason: str = "") -> None:
    """Out at its next request. Ending somebody else's is on the record of that person's centre."""
    own = actor.staff_id == sign_in.staff_id
    with transaction.atomic():
        ended = _end(sign_in, BY_ONESELF if own else actor.name)
        if ended and not own:
            record(
                sign_in.staff.centre_id, "session.end", actor, reason=reason, staff=sign_in.staff_id,
                username=sign_in.staff.username, ip=sign_in.ip,
            )


def end_sessions_of(staff: Staff, *, by: str, keep: str = "") -> int:
    """End every open session of the account except the one with the key `keep`; returns how many."""
    rows = SignIn.objects.filter(staff=staff, ended_at=None).exclude(session_key=keep)
    return sum(_end(row, by) for row in rows)


def _end(sign_in: SignIn, by: str) -> bool:
    _store(sign_in.session_key).delete()
    fresh = SignIn.objects.filter(pk=sign_in.pk, ended_at=None)
    return bool(fresh.update(ended_at=clock.now(), ended_by=by[:60]))


def _store(key: str):  # type: ignore[no-untyped-def]  # the engine's class is a setting
    return import_module(settings.SESSION_ENGINE).SessionStore(key)
