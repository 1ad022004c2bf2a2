"""What runs on a beat."""

from django.conf import settings
from procrastinate.contrib.django import app

from huying.audit.operations import anchor
from huying.audit.queries import ALL, tenant_scope


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="anchor")
def seal_history(timestamp: int) -> None:
    """Hourly: seal all events since the last seal."""
    with tenant_scope(ALL):
        anchor(settings.ANCHOR_FILE)
