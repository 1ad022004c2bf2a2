"""What the worker does for messages."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from huying.messaging.operations import TryAgain, deliver, poll_receipts
from huying.messaging.operations.send import QUEUE
from huying.org.queries import ALL, tenant_scope

TRIES = 7
RETRY = RetryStrategy(max_attempts=TRIES - 1, exponential_wait=4, retry_exceptions=[TryAgain])
"""Again after 4 s, 16 s, 64 s … about an hour and a half in all; then the message counts as failed."""


@app.task(queue=QUEUE, pass_context=True, retry=RETRY)
def deliver_message(context: JobContext, message_id: int) -> None:
    attempts = context.job.attempts if context.job else 0
    with tenant_scope(ALL):
        deliver(message_id, last_try=attempts >= TRIES - 1)


@app.periodic(cron="*/1 * * * *")
@app.task(queue=QUEUE, queueing_lock="poll_receipts", pass_context=False)
def ask_for_receipts(timestamp: int) -> None:
    """Every minute; a gateway that calls back leaves nothing to ask."""
    with tenant_scope(ALL):
        poll_receipts()
