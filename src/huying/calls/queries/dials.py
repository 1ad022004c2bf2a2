"""What a seat's own telephone rings for when nobody calls it: a call of its own that was asked for (R042, R214)."""

from datetime import timedelta

from huying.calls.catalog import AgentState
from huying.calls.models import Call, Command, SeatSession
from huying.kernel.masking import mask_phone

LISTENS_WITHIN = timedelta(seconds=40)
"""Between asking, and the own telephone's answer."""


def dial_behind(seat: SeatSession) -> Command | None:
    """The call out for which the seat's telephone rings; None when it rings for a citizen, or does not ring."""
    if seat.state != AgentState.RINGING or (seat.call and seat.call.direction == Call.Direction.IN):
        return None
    rows = Command.objects.filter(session=seat, kind="dial", created_at__gte=seat.state_since - LISTENS_WITHIN)
    return rows.exclude(state__in=[Command.State.FAILED, Command.State.EXPIRED]).order_by("-pk").first()


def said_of(row: Command, *, masked: bool, other: str) -> str:
    """`other`: whom it calls when it is no number."""
    number = mask_phone(row.secret) if masked else row.secret
    return f"{'回拨' if row.about.get('call_back') else '呼出'} {number or other}"
