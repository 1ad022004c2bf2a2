"""What became of sent messages: gateways tell us, and where they do not, we ask (R053, R196)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from huying.kernel import clock
from huying.messaging.catalog import State
from huying.messaging.models import Message
from huying.messaging.operations.channels import Receipt, Unreachable, channel

ASK_AFTER = timedelta(minutes=1)
ASK_AGAIN = timedelta(minutes=10)
ASK_UNTIL = timedelta(hours=72)
AT_ONCE = 100


def take_receipts(gateway: str, receipts: Iterable[Receipt]) -> int:
    """Write receipts of one gateway on their messages; the number of messages that changed. A repeated one does not."""
    return sum(_take(gateway, receipt) for receipt in receipts)


def _take(gateway: str, receipt: Receipt) -> int:
    waiting = Message.objects.filter(gateway=gateway, receipt=receipt.receipt, state=State.SENT)
    return waiting.exclude(receipt="").update(
        state=State.DELIVERED if receipt.delivered else State.FAILED,
        reason="" if receipt.delivered else (receipt.reason or "未送达"), done_at=receipt.at or clock.now(),
    )


def poll_receipts() -> int:
    """Ask for messages whose receipt has not come within a minute, every ten minutes for three days."""
    now = clock.now()
    waiting = Message.objects.filter(state=State.SENT, sent_at__lt=now - ASK_AFTER, sent_at__gt=now - ASK_UNTIL)
    waiting = waiting.exclude(polled_at__gt=now - ASK_AGAIN).order_by("sent_at")
    by_gateway: dict[str, dict[str, int]] = defaultdict(dict)
    for pk, gateway, receipt in waiting.values_list("pk", "gateway", "receipt")[:AT_ONCE]:
        by_gateway[gateway][receipt] = pk
    changed = 0
    for gateway, numbers in by_gateway.items():
        Message.objects.filter(pk__in=numbers.values()).update(polled_at=now)
        try:
            changed += take_receipts(gateway, channel().receipts(gateway, list(numbers)))
        except Unreachable:
            continue
    return changed
