"""What the desk does when something happens on the telephone."""

from huying.calls.events import CallAnswered
from huying.calls.models import Call
from huying.desk.operations import open_for_call
from huying.kernel.bus import subscribe
from huying.org.models import Staff
from huying.org.policies import staff_actor


@subscribe(CallAnswered)
def call_answered(event: CallAnswered) -> None:
    """A citizen's call that somebody takes begins its form at once: a crash, or a form never opened, leaves a trace."""
    staff = Staff.objects.select_related("centre").filter(pk=event.staff_id).first()
    call = Call.objects.select_related("caller").filter(pk=event.call_id, direction=Call.Direction.IN).first()
    if staff is not None and call is not None and staff_actor(staff).may("workorders.intake"):
        open_for_call(staff_actor(staff), call)
