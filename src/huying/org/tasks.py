"""What runs on a beat."""

from importlib import import_module

from django.conf import settings
from procrastinate.contrib.django import app


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Nightly: remove what browsers' expired sessions left behind; the record of who signed in (SignIn) stays."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
