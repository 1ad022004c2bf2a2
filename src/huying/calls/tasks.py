"""What the worker does for the telephone."""

from procrastinate.contrib.django import app

from huying.calls.operations.blocks import expire_blocks
from huying.calls.operations.call_back import tidy_pool
from huying.org.policies import system_actor
from huying.org.queries import ALL, tenant_scope


@app.periodic(cron="*/1 * * * *")
@app.task(queueing_lock="expire_blocks", pass_context=False)
def end_blocks(timestamp: int) -> None:
    """Every minute: blocks come to their end."""
    with tenant_scope(ALL):
        expire_blocks(system_actor("系统"))


@app.periodic(cron="*/1 * * * *")
@app.task(queueing_lock="tidy_pool", pass_context=False)
def take_up_call_backs(timestamp: int) -> None:
    """Every minute: calls back that never came about."""
    with tenant_scope(ALL):
        tidy_pool()
