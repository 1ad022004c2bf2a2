"""What runs on a beat."""

from procrastinate.contrib.django import app

from huying.org.queries import ALL, tenant_scope
from huying.portal.operations import tidy


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="portal_tidy")
def tidy_up(timestamp: int) -> None:
    """Hourly: nothing of a visitor who went away stays."""
    with tenant_scope(ALL):
        tidy()
