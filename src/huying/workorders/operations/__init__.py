"""Every write of this room. Importing it registers the performer of every action."""

from huying.workorders.operations import (  # noqa: F401
    anytime,
    closing,
    dispatch,
    extensions,
    handle,
    intake,
    returns,
    reward,
    split,
    suspensions,
)
from huying.workorders.operations.act import PERFORMERS, Step, act, performs
from huying.workorders.operations.attach import attach, detach
from huying.workorders.operations.create import NewOrder, create_once, create_order
from huying.workorders.operations.ring import ring

__all__ = ["PERFORMERS", "NewOrder", "Step", "act", "attach", "create_once", "create_order", "detach", "performs", "ring"]
