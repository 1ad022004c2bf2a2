"""After-call work that has ended becomes part of the call's facts."""

from django.db import transaction

from huying.audit.queries import ALL, tenant_scope
from huying.calls.models import Call
from huying.calls.operations.take_in import refold


def note_after_work(call_id: int | None) -> None:
    """When the present transaction has committed: the seat's lock is not to be held while the call's is waited for."""
    if call_id is not None:
        transaction.on_commit(lambda: _note(call_id))


def _note(call_id: int) -> None:
    with tenant_scope(ALL):
        names = Call.objects.filter(pk=call_id, source="switch").values_list("linkedid", flat=True)
        refold(list(names))
