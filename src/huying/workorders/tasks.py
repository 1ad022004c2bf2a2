"""What runs later or on a beat."""

from procrastinate.contrib.django import app

from huying.org.queries import ALL, tenant_scope
from huying.workorders.operations import ring


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="ring_clocks", pass_context=False)
def ring_clocks(timestamp: int) -> None:
    """Every ten seconds: let the clocks strike that are due. Several workers may run it at once."""
    with tenant_scope(ALL):
        while ring():
            pass
