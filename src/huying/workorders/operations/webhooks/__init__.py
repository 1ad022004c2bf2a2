"""Subscriptions: who is told, how it is signed and sent, and what happens when nobody answers (R200)."""

from huying.workorders.operations.webhooks.deliver import deliver, replay
from huying.workorders.operations.webhooks.subscribe import change, subscribe, unsubscribe
from huying.workorders.operations.webhooks.tell import announce, spread

__all__ = ["announce", "change", "deliver", "replay", "spread", "subscribe", "unsubscribe"]
