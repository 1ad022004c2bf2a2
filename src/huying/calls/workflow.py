"""What an agent may be doing and what leads from one to the other, on one page (R209, R213, R222, R293).

    offline -> busy -> ready -> ringing -> talking -> wrap_up -> ready
                                        -> busy ("missed") when not answered

Events are the switch's ("rings", "answered", "left", "hung_up") or a person's ("sign_in", "sign_out", "ready", "busy",
"finish", "force_ready", "force_busy", "force_out"). What a person asks for in the middle of a call waits until after it:
his own wish takes the place of the work on the call, a shift leader's "force_busy" comes when that work is done.
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
    (S.BUSY, "phone_back"): S.READY,  # only who was made busy by the loss of the phone
}
"""Whatever is not here leaves the state as it is."""

IN_A_CALL = frozenset({S.RINGING, S.TALKING})
CAN_SERVE = frozenset({S.READY, S.RINGING, S.TALKING, S.WRAP_UP})
"""Counted against the least number of seats (R115)."""

WAITS_FOR_THE_END = frozenset({"ready", "busy", "sign_out", "force_busy", "force_ready"})
"""Asked for in the middle of a call, these take effect after it."""

AFTER_THE_WORK = frozenset({"force_busy"})
"""Of these, what leaves the agent his work on the call first (R209): it is not he who gave it up."""

ENDS_THE_WORK = frozenset({"finish", "wrap_up_over", "ready"})

ENDS_THE_SEAT = frozenset({"force_out", "taken_over"})
UNSERVED = frozenset({"missed", "refused", "phone_lost"})
"""Whoever was not at the phone is not given the next call, even if "ready" was asked for."""

BACK_TO_BEFORE = frozenset({"cancelled", "finish", "wrap_up_over", "phone_back"})
"""Back to what the person did before the call: who was busy when it came is busy again, not ready by surprise."""


def follows(state: S, event: str) -> S | None:
    """The state after `event`, None when it changes nothing."""
    return TRANSITIONS.get((state, event))


def after(state: S, event: str, *, wanted: str = "", before: S = S.READY) -> S | None:
    """Like `follows`, knowing what was asked for during the call (`wanted`) and the last of READY, BUSY (`before`)."""
    target = follows(state, event)
    if target is None or event in ENDS_THE_SEAT:
        return target
    if state in IN_A_CALL and target not in IN_A_CALL and wanted and not (event in UNSERVED and wanted == "ready"):
        return S.WRAP_UP if target == S.WRAP_UP and wanted in AFTER_THE_WORK else follows(S.WRAP_UP, wanted)
    if state == S.WRAP_UP and event in ENDS_THE_WORK and wanted:
        return follows(S.WRAP_UP, wanted)
    if event in BACK_TO_BEFORE and target == S.READY and before == S.BUSY:
        return S.BUSY
    return target
