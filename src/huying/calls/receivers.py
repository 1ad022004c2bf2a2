"""What this room itself does when a call is over."""

from huying.calls.events import CallEnded
from huying.calls.models import Call
from huying.calls.operations.blocks import count_call
from huying.calls.operations.pool import note_ended
from huying.kernel.bus import subscribe


@subscribe(CallEnded)
def into_the_pool(event: CallEnded) -> None:
    note_ended(Call.objects.get(pk=event.call_id))


@subscribe(CallEnded)
def count_hits(event: CallEnded) -> None:
    if event.was_listed:
        count_call(Call.objects.get(pk=event.call_id))
