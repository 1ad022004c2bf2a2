"""A list as a file: asked for with a reason, allowed by somebody else, fetched once (R154, R282)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction

from huying.audit.models import Access
from huying.audit.operations import note_access, note_accesses
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.policies import Actor
from huying.workorders.models import ExportRequest
from huying.workorders.policies import visible_to

WINDOW = timedelta(hours=24)
ROWS_MOST = 20_000


class NoSuchExport(Refusal):
    code = "no_such_export"
    message = "没有这份导出申请"


class OwnExport(Refusal):
    code = "own_export"
    message = "不能审批自己提出的导出申请"


class ExportDecided(Refusal):
    code = "export_decided"
    message = "这份导出申请已经审批过了"


class TooManyRows(Refusal):
    code = "too_many_rows"
    message = f"一次最多导出 {ROWS_MOST} 条，请缩小范围后再申请"


class NotFetchable(Refusal):
    code = "not_fetchable"


def request_export(
    *, actor: Actor, desk: str, query: Mapping[str, Sequence[str]], reason: str, format: str, rows: int
) -> ExportRequest:
    """Ask for the rows of a list as they are filtered. Raises NotAllowed, TooManyRows."""
    actor.must("workorders.export")
    assert actor.staff is not None
    if rows > ROWS_MOST:
        raise TooManyRows
    return ExportRequest.objects.create(
        centre_id=actor.staff.centre_id, requested_by=actor.staff, requested_at=clock.now(), desk=desk,
        query={key: list(values) for key, values in query.items()}, reason=reason, format=format, rows=rows,
    )


@transaction.atomic
def decide_export(*, actor: Actor, pk: int, agree: bool, words: str = "") -> ExportRequest:
    """Allow it for a day, or not. Raises NotAllowed, NoSuchExport, OwnExport, ExportDecided."""
    actor.must("workorders.approve_export")
    row = locked(actor, pk)
    if row.requested_by_id == actor.staff_id:
        raise OwnExport
    if row.state != ExportRequest.State.PENDING:
        raise ExportDecided
    now = clock.now()
    row.state = ExportRequest.State.APPROVED if agree else ExportRequest.State.REJECTED
    row.decided_by, row.decided_at, row.decision = actor.staff, now, words
    row.expires_at = now + WINDOW if agree else None
    row.save()
    return row


@transaction.atomic
def fetch_export(*, actor: Actor, pk: int, path: str = "") -> ExportRequest:
    """Take the one download of an allowed export and put it on record; the caller then makes the file.

    Raises NoSuchExport (also for everybody but the person who asked), NotFetchable.
    """
    actor.must("workorders.export")
    row = locked(actor, pk)
    if row.requested_by_id != actor.staff_id:
        raise NoSuchExport
    if row.state == ExportRequest.State.FETCHED:
        raise NotFetchable("这份文件已经下载过一次；再要请重新申请")
    if row.state != ExportRequest.State.APPROVED:
        raise NotFetchable("导出申请还没有获得同意")
    if row.expires_at is None or row.expires_at < clock.now():
        raise NotFetchable("下载期限已过，请重新申请")
    row.state, row.fetched_at = ExportRequest.State.FETCHED, clock.now()
    row.save(update_fields=["state", "fetched_at"])
    note_access(
        Access.Kind.EXPORT, actor=actor, centre_id=row.centre_id, stream="export", stream_id=row.pk, reason=row.reason,
        path=path,
    )
    return row


def note_rows(*, actor: Actor, row: ExportRequest, ids: Sequence[int], path: str = "") -> None:
    """Put the export on the record of every order in the file: a leak is traced from the order (R154)."""
    orders = visible_to(actor).filter(pk__in=ids).values_list("centre_id", "pk")
    note_accesses(Access.Kind.EXPORT, actor=actor, of=orders, stream="order", reason=f"导出申请 {row.pk}：{row.reason}"[:500], path=path)


def locked(actor: Actor, pk: int) -> ExportRequest:
    """The request, within the person's own branch of centres."""
    rows = ExportRequest.objects.select_for_update(of=("self",)).select_related("requested_by", "centre")
    path = actor.staff.centre.path if actor.staff else "-"
    row = rows.filter(pk=pk, centre__path__startswith=path).first()
    if row is None:
        raise NoSuchExport
    return row
