"""What the worker does for the telephone."""

from procrastinate.contrib.django import app

from huying.calls.operations.blocks import expire_blocks
from huying.calls.operations.call_back import tidy_pool
from huying.calls.operations.hear import forget
from huying.calls.operations.recordings import expire, seal_waiting
from huying.calls.operations.watch import watch_floors
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


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="seal_recordings", pass_context=False)
def seal_recordings(timestamp: int) -> None:
    """Every ten seconds: what calls have left in the spool is sealed."""
    with tenant_scope(ALL):
        seal_waiting()


@app.periodic(cron="* * * * * */20")
@app.task(queueing_lock="watch_floors", pass_context=False)
def look_at_floors(timestamp: int) -> None:
    """Every twenty seconds: too few seats, too many calls."""
    with tenant_scope(ALL):
        watch_floors()


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="forget_speech", pass_context=False)
def forget_speech(timestamp: int) -> None:
    """Every five minutes: what callers said goes where nobody waits for it, or when its time is over."""
    with tenant_scope(ALL):
        forget()


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="expire_recordings", pass_context=False)
def clear_recordings(timestamp: int) -> None:
    """Every night: recordings that have been kept as long as the rule says."""
    with tenant_scope(ALL):
        while expire():
            pass
