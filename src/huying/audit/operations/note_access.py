"""Put on record that somebody looked, took out, or was refused."""

from huying.audit.models import Access
from huying.audit.operations.append import Who
from huying.kernel import clock


def note_access(
    kind: Access.Kind, *, actor: Who, centre_id: int | None, stream: str, stream_id: int | None = None,
    field: str = "", reason: str = "", path: str = "",
) -> Access:
    return Access.objects.create(
        kind=kind, at=clock.now(), centre_id=centre_id, actor_kind=actor.kind, actor_id=actor.staff_id,
        actor_name=actor.name, ip=actor.ip, stream=stream, stream_id=stream_id, field=field, reason=reason,
        path=path[:300], request_id=actor.request_id,
    )
