"""What this room does when a call is over, and when opening hours have changed."""

from huying.calls.events import CallEnded
from huying.calls.models import Call
from huying.calls.operations.blocks import count_call
from huying.calls.operations.pool import note_ended
from huying.calls.operations.tell import config_changed
from huying.kernel.bus import subscribe
from huying.org.events import HoursChanged


@subscribe(CallEnded)
def into_the_pool(event: CallEnded) -> None:
    note_ended(Call.objects.get(pk=event.call_id))


@subscribe(CallEnded)
def count_hits(event: CallEnded) -> None:
    if event.was_listed:
        count_call(Call.objects.get(pk=event.call_id))


@subscribe(HoursChanged)
def tell_the_switch(event: HoursChanged) -> None:
    """Menus by the hour follow at once, as all that is saved."""
    config_changed()
