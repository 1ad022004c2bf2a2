"""What is said on the telephone of an order in each state."""

from huying.workorders.workflow import State

LEAST_SIGNS = 6
"""Of an order's number, when the caller's own telephone says the rest."""

CODE_SIGNS = 4

_SAID = {
    State.DRAFT: "received", State.TO_REVIEW: "received", State.TO_DISPATCH: "received", State.TO_SIGN: "dispatched",
    State.HANDLING: "handling", State.TO_SIGN_OFF: "handling", State.TO_CHECK: "replied", State.TO_FOLLOW_UP: "replied",
    State.FOLLOWING_UP: "replied", State.TO_CLOSE: "replied", State.CLOSED: "closed", State.DECLINED: "ended",
    State.WITHDRAWN: "ended", State.MERGED: "ended", State.REFERRED: "ended",
}


def stage_said(state: str) -> str:
    """The end of a prompt's name: `progress-handling`."""
    return _SAID[State(state)]
