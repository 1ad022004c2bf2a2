"""After-call work that has ended becomes part of the call's facts."""

from django.db import transaction

from huying.audit.queries import ALL, tenant_scope
from huying.calls.models import Call
from huying.calls.operations.save_call import save_after_work
from huying.calls.operations.take_in import lock_calls
from huying.calls.operations.tell import tell


def note_after_work(call_id: int | None) -> None:
    """When the present transaction has committed: the seat's lock is not to be held while the call's is waited for."""
    if call_id is not None:
        transaction.on_commit(lambda: _note(call_id))


def _note(call_id: int) -> None:
    with tenant_scope(ALL), transaction.atomic():
        name = Call.objects.filter(pk=call_id, source="switch").values_list("linkedid", flat=True).first()
        if name is None:
            return
        lock_calls([name])
        call = save_after_work(call_id)
        tell("calls", call.centre_id, None, call.pk)
