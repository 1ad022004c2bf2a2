"""What a visitor typed becomes an order: once, however often the button is pressed (R117)."""

from datetime import timedelta

from django.db import transaction

from huying.kernel import clock
from huying.org.policies import Actor
from huying.portal.models import OnlineDraft
from huying.portal.operations.track_code import make_track_code
from huying.portal.queries.drafts import seal_code
from huying.workorders.models import Attachment, WorkOrder
from huying.workorders.operations import NewOrder, create_order
from huying.workorders.operations.reward import make_code
from huying.workorders.queries import template_of

CODE_STAYS = timedelta(minutes=30)
"""How long a query code can be read off the result page by the browser that sent the appeal in; it is shown there only."""


@transaction.atomic
def send_in(*, actor: Actor, draft: OnlineDraft, new: NewOrder) -> WorkOrder:
    """The order that became of this draft; made now, or earlier by the first of two clicks.

    Files go along, and the order gets its query code: the reward's own where the template promises one. Raises what
    `create_order` raises; then nothing has happened.
    """
    row = OnlineDraft.objects.select_for_update().get(pk=draft.pk)
    if row.order_id is not None:  # asked for apart: a join would still show what was there before the lock was waited for
        return WorkOrder.objects.get(pk=row.order_id)
    order = create_order(actor=actor, centre=row.centre, new=new)
    Attachment.objects.filter(pk__in=row.files, order=None, centre_id=row.centre_id).update(order=order)
    has_reward = template_of(order.template).flow.reward
    row.code = seal_code(row.key, make_code(order) if has_reward else make_track_code(order))
    row.code_until = clock.now() + CODE_STAYS
    row.order, row.sealed, row.files, row.updated_at = order, b"", [], clock.now()
    row.save()
    return order


def hide_code(draft: OnlineDraft) -> None:
    """The person has written it down: from now on nobody can read it anywhere."""
    OnlineDraft.objects.filter(pk=draft.pk).update(code=b"", code_until=None)
