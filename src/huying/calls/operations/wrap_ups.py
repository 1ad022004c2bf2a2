"""After-call work has a limit: that of the call's group, else the centre's; 0 is none (R209)."""

from datetime import timedelta

from huying.calls.catalog import AgentState
from huying.calls.models import PhoneSetting, SeatSession
from huying.calls.operations.moves import move_seat
from huying.kernel import clock


def end_wrap_ups() -> int:
    """Bring everybody whose limit is over back to what he did before the call; how many that were."""
    now, ended = clock.now(), 0
    seats = SeatSession.objects.filter(ended_at=None, state=AgentState.WRAP_UP).select_related("call__group")
    limits = dict(PhoneSetting.objects.values_list("centre_id", "wrap_seconds"))
    for seat in seats:
        limit = limits.get(seat.centre_id, 0)
        if seat.call and seat.call.group:
            limit = seat.call.group.wrap_seconds
        due = seat.state_since + timedelta(seconds=limit)
        if limit and due <= now:
            move_seat(seat.pk, "wrap_up_over", at=due)
            ended += 1
    return ended
