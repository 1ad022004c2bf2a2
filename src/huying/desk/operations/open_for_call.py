"""The intake form of a call, begun by itself so that no answered call goes without a trace (R210, R220)."""

from uuid import UUID

from huying.calls.models import Call
from huying.desk.queries.calls import form_key
from huying.desk.rules import BEGINNING
from huying.org.policies import Actor
from huying.workorders.operations.drafts import begin_draft


def open_for_call(actor: Actor, call: Call) -> UUID:
    """The key of the form; begun with the caller's number and name unless it is there, or has become an order already."""
    assert actor.staff_id is not None
    key = form_key(call, actor.staff_id)
    known = {"phone": call.number, "name": call.caller.name if call.caller else "", "call": str(call.pk)}
    begin_draft(actor, key, {name: [text] for name, text in {**BEGINNING, **known}.items() if text})
    return key
