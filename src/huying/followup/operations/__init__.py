"""Every write of this room. Importing it registers the performers of follow-up's actions."""

from huying.followup.operations import answering, calling  # noqa: F401
from huying.followup.operations.invite import closed_as, tell_closed
from huying.followup.operations.rating import (
    AlreadyRated,
    BadToken,
    NotYetClosed,
    answer_shown,
    make_rating_token,
    open_token,
    rate,
    rate_own,
)
from huying.followup.operations.rounds import HeldByOther, cancel_round, open_round
from huying.followup.operations.schemes import make_scheme
from huying.followup.operations.together import attempt_together, start_together

__all__ = [
    "AlreadyRated", "BadToken", "HeldByOther", "NotYetClosed", "answer_shown", "attempt_together", "cancel_round", "closed_as",
    "make_rating_token", "make_scheme", "open_round", "open_token", "rate", "rate_own", "start_together", "tell_closed",
]
