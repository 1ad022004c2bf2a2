"""What an agent may be doing and what leads from one to the other, on one page (R209, R213, R222, R293).

    offline -> busy -> ready -> ringing -> talking -> wrap_up -> ready
                                        -> busy ("missed") when not answered

Events are the switch's ("rings", "answered", "left", "hung_up") or a person's ("sign_in", "sign_out", "ready", "busy",
"finish", "force_ready", "force_busy", "force_out"). What a person asks for in the middle of a call waits until after it.
"""

from collections.abc import Mapping

from huying.calls.catalog import AgentState as S

TRANSITIONS: Mapping[tuple[S, str], S] = {
    (S.OFFLINE, "sign_in"): S.BUSY,
    **{(state, "ready"): S.READY for state in (S.BUSY, S.WRAP_UP, S.READY)},
    **{(state, "busy"): S.BUSY for state in (S.READY, S.WRAP_UP, S.BUSY)},
    **{(state, "sign_out"): S.OFFLINE for state in (S.READY, S.BUSY, S.WRAP_UP)},
    **{(state, "force_ready"): S.READY for state in (S.BUSY, S.WRAP_UP, S.READY)},
    **{(state, "force_busy"): S.BUSY for state in (S.READY, S.WRAP_UP, S.BUSY)},
    **{(state, "force_out"): S.OFFLINE for state in S if state != S.OFFLINE},
    **{(state, "taken_over"): S.OFFLINE for state in S if state != S.OFFLINE},
    **{(state, "rings"): S.RINGING for state in (S.READY, S.BUSY, S.WRAP_UP, S.RINGING)},
    # A call that this person dials, or that is handed over while busy, is a call all the same.
    **{(state, "answered"): S.TALKING for state in (S.RINGING, S.READY, S.BUSY, S.WRAP_UP, S.TALKING)},
    (S.RINGING, "missed"): S.BUSY,
    (S.RINGING, "refused"): S.BUSY,
    (S.RINGING, "cancelled"): S.READY,  # the caller gave up, or somebody else was quicker
    **{(state, "hung_up"): S.WRAP_UP for state in (S.TALKING, S.RINGING)},
    (S.WRAP_UP, "finish"): S.READY,
    (S.WRAP_UP, "wrap_up_over"): S.READY,
    **{(state, "phone_lost"): S.BUSY for state in (S.READY, S.RINGING)},
}
"""Whatever is not here leaves the state as it is."""

IN_A_CALL = frozenset({S.RINGING, S.TALKING})
CAN_SERVE = frozenset({S.READY, S.RINGING, S.TALKING, S.WRAP_UP})
"""Counted against the least number of seats (R115)."""

WAITS_FOR_THE_END = frozenset({"ready", "busy", "sign_out", "force_busy", "force_ready"})
"""Asked for in the middle of a call, these take effect after it."""


def follows(state: S, event: str) -> S | None:
    """The state after `event`, None when it changes nothing."""
    return TRANSITIONS.get((state, event))
