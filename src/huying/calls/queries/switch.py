"""Whether the switch can be spoken to."""

from datetime import timedelta

from huying.calls.models import SwitchState
from huying.kernel import clock

HEARD = timedelta(seconds=8)
"""The gateway says every 2 s that it is there."""


def gateway_lives() -> bool:
    """Whether the gateway was heard lately and has the switch on the line."""
    row = SwitchState.objects.filter(node="main").values_list("gateway_seen_at", "connected").first()
    return row is not None and bool(row[1]) and row[0] is not None and clock.now() - row[0] < HEARD
