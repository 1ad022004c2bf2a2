"""Whether the switch can be spoken to, and which of its nodes is ours."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from huying.calls.models import PhoneSetting, SwitchState
from huying.kernel import clock

HEARD = timedelta(seconds=8)
"""The gateway says every 2 s that it is there."""


def gateway_lives(node: str = "") -> bool:
    """Whether the gateway of `node` (none told: of some node) was heard lately and has its switch on the line."""
    rows = SwitchState.objects.filter(connected=True, gateway_seen_at__gt=clock.now() - HEARD)
    return (rows.filter(node=node) if node else rows).exists()


def own_node() -> str:
    """The name of this machine's node (HUYING_NODE)."""
    return str(settings.SWITCH["node"])


def of_own_node(field: str = "node") -> Q:
    """Calls of this machine's switch, and those of no switch (imported)."""
    return Q(**{f"{field}__in": ("", own_node())})


def centres_recording_on_hold() -> frozenset[str]:
    """Codes of the centres that record citizens while they are on hold, too."""
    return frozenset(PhoneSetting.objects.filter(record_on_hold=True).values_list("centre__code", flat=True))


def in_own_hands() -> Q:
    """Of rows with a `call`: about a call of this node, or about none."""
    return Q(call=None) | of_own_node("call__node")
