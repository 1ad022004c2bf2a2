"""What a citizen does with an order of his own: urge, add material, withdraw (R102; rules.md 3.3)."""

from datetime import timedelta

from django.db import transaction

from huying.audit.models import Event
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.org.policies import Actor
from huying.portal.models import OnlineDraft
from huying.portal.rules.milestones import URGED_ONLINE
from huying.workorders.models import Attachment, WorkOrder
from huying.workorders.operations import act
from huying.workorders.operations.act import lock
from huying.workorders.queries import AlreadyDone

URGE_AGAIN = timedelta(hours=24)


class UrgedAlready(Refusal):
    code = "urged_already"


class TooLate(Refusal):
    """The order's own refusal names who did what; a citizen is told the state only."""

    code = "too_late"


def urge(*, actor: Actor, number: str, note: str = "") -> WorkOrder:
    """Ask again; once in 24 hours. Raises UrgedAlready, TooLate, NoSuchOrder."""
    with transaction.atomic():
        order = lock(actor, number)
        last = Event.objects.filter(
            stream="order", stream_id=order.pk, kind="urge", actor_kind="citizen", at__gt=clock.now() - URGE_AGAIN
        ).order_by("-seq").first()
        if last and last.request_id != actor.request_id:
            raise UrgedAlready(f"您在 {last.at.astimezone(SHANGHAI):%m-%d %H:%M} 已经催办过，一天可以催一次。着急请拨打 12345。")
        return _act(actor, order, "urge", {"note": note.strip() or URGED_ONLINE})


def supplement(*, actor: Actor, number: str, draft: OnlineDraft, note: str) -> WorkOrder:
    """Words and the draft's files join the order; the draft is spent with it, so a second click does nothing.

    Raises TooLate, NoSuchOrder, BadInput.
    """
    with transaction.atomic():
        order = lock(actor, number)
        row = OnlineDraft.objects.select_for_update().get(pk=draft.pk)
        if row.order_id is not None:
            return order
        files = list(Attachment.objects.filter(pk__in=row.files, order=None, centre_id=order.centre_id))
        if not order.is_open:
            raise _too_late(order)
        Attachment.objects.filter(pk__in=[file.pk for file in files]).update(order=order)
        words = note.strip() or (f"补充了 {len(files)} 个文件" if files else "")
        order = _act(actor, order, "supplement", {"note": words, "files": [file.pk for file in files]})
        row.order, row.sealed, row.files, row.updated_at = order, b"", [], clock.now()
        row.save()
        return order


def withdraw(*, actor: Actor, number: str, reason: str, version: int | None = None) -> WorkOrder:
    """Take it back, with a reason. Raises TooLate, NoSuchOrder, BadInput."""
    with transaction.atomic():
        return _act(actor, lock(actor, number), "withdraw", {"reason": reason}, version)


def _act(actor: Actor, order: WorkOrder, code: str, data: dict[str, object], version: int | None = None) -> WorkOrder:
    try:
        return act(actor=actor, number=order.number, code=code, data=data, version=version)
    except AlreadyDone as done:
        if order.is_open:
            raise TooLate("就在刚才这张工单有了新的进展，请看一下再决定。") from done
        raise _too_late(order) from done


def _too_late(order: WorkOrder) -> TooLate:
    return TooLate(f"这张工单现在是“{order.state_label}”，不能再这样做了。有新的情况，请重新反映或拨打 12345。")
