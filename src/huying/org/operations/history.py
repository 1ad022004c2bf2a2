"""Every change to a centre's organisation is one event on that centre's own chain (R055)."""

from typing import Any

from django.db import transaction

from huying.audit.operations import append
from huying.org.models import Centre
from huying.org.policies import Actor


def record(centre_id: int, kind: str, actor: Actor, *, reason: str = "", **data: Any) -> None:
    """Append `kind` ("staff.disable") with `data` (plain JSON values) to the history of the centre.

    The centre must be within the connection's tenant scope.
    """
    with transaction.atomic():
        centre = Centre.objects.select_for_update(no_key=True).get(pk=centre_id)
        append(centre, stream=Centre.stream, kind=kind, actor=actor, centre_id=centre.pk, reason=reason, data=data)
        centre.save(update_fields=["event_seq", "event_head"])


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """What changed, as {field: [old, new]}."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
