"""Refusals that say who did what."""

from huying.audit.models import Event
from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.workorders.models import WorkOrder
from huying.workorders.workflow import ACTIONS, State


class NoSuchOrder(Refusal):
    """Also for orders that exist but are none of this person's business."""

    code = "no_such_order"
    message = "没有找到这张工单"


class AlreadyDone(Refusal):
    code = "already_done"
    message = "该工单已被他人处理，请刷新后再看"


def last_words(order: WorkOrder) -> str:
    """"已由 王芳 于 11-20 09:05 签收"; empty for an order without history."""
    event = Event.objects.filter(stream="order", stream_id=order.pk).order_by("-seq").first()
    if event is None:
        return ""
    label = ACTIONS[event.kind].label if event.kind in ACTIONS else "登记"
    return f"已由 {event.actor_name} 于 {event.at.astimezone(SHANGHAI):%m-%d %H:%M} {label}"


def already_done(order: WorkOrder) -> AlreadyDone:
    """The action no longer fits the state: somebody was faster."""
    return AlreadyDone(f"该工单{last_words(order)}，当前状态“{State(order.state).label}”，不能再做此操作。请刷新后查看。")


def stale(order: WorkOrder) -> AlreadyDone:
    """The person decided on an older version of the order."""
    return AlreadyDone(f"在您打开之后，该工单{last_words(order)}。请核对最新内容后再操作。")
