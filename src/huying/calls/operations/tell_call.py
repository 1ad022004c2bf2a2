"""What is new in a call, told: to the rooms above in this transaction, to the screens when it commits."""

from huying.calls.catalog import Outcome
from huying.calls.events import CallAnswered, CallEnded, CallEntered, CallRang
from huying.calls.operations.save_call import Saved
from huying.calls.operations.tell import tell_of_call
from huying.kernel import bus


def tell_rooms(saved: Saved) -> None:
    """What is new in the call, to whoever subscribed. They may do anything with it, and raise anything."""
    call = saved.call
    if saved.entered:
        bus.publish(CallEntered(call.pk, call.centre_id))
    for leg in saved.rang:
        bus.publish(CallRang(call.pk, call.centre_id, leg.staff_id or 0))
    for leg in saved.answered:
        bus.publish(CallAnswered(call.pk, call.centre_id, leg.staff_id or 0))
    if saved.ended:
        bus.publish(CallEnded(call.pk, call.centre_id, str(Outcome(call.outcome)), call.was_listed))


def tell_screens(saved: Saved) -> None:
    """Of the call's centre, and of the people it concerns."""
    call = saved.call
    concerned = {leg.staff_id for leg in (*saved.rang, *saved.answered)} | ({call.agent_id} if saved.ended else set())
    if not saved.ended:  # held, joined, transferred: whoever is in it sees it
        concerned |= saved.inside
    tell_of_call(call.centre_id, call.pk, [staff for staff in concerned if staff is not None], " ".join(saved.news))
