"""Put on record that somebody looked, took out, or was refused."""

from collections.abc import Iterable

from huying.audit.models import Access
from huying.audit.operations.append import Who
from huying.kernel import clock


def note_access(
    kind: Access.Kind, *, actor: Who, centre_id: int | None, stream: str, stream_id: int | None = None,
    field: str = "", reason: str = "", path: str = "",
) -> Access:
    row = _row(kind, actor, centre_id, stream, stream_id, field=field, reason=reason, path=path)
    row.save(force_insert=True)
    return row


def note_accesses(
    kind: Access.Kind, *, actor: Who, of: Iterable[tuple[int | None, int]], stream: str, reason: str = "", path: str = ""
) -> None:
    """The same for many things at once: `of` has the centre and the id of each."""
    rows = [_row(kind, actor, centre_id, stream, pk, reason=reason, path=path) for centre_id, pk in of]
    Access.objects.bulk_create(rows, batch_size=1000)


def _row(
    kind: Access.Kind, actor: Who, centre_id: int | None, stream: str, stream_id: int | None, *, field: str = "",
    reason: str = "", path: str = "",
) -> Access:
    return Access(
        kind=kind, at=clock.now(), centre_id=centre_id, actor_kind=actor.kind, actor_id=actor.staff_id,
        actor_name=actor.name, ip=actor.ip, stream=stream, stream_id=stream_id, field=field, reason=reason,
        path=path[:300], request_id=actor.request_id,
    )
