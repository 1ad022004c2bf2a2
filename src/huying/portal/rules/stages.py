"""Where an order stands, as on a parcel: the stages it passed with their times, the one it is in, those still to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huying.workorders.workflow import FINAL, STAGES, State

Passed = Sequence[tuple[str, datetime]]
"""The states an order came into, in order, with the moments."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`state`: done, current, todo or skipped."""

    label: str
    state: str
    at: datetime | None = None
    note: str = ""


def stage_of(state: str) -> int:
    """The place of a state among the stages; -1 for an end beside the way (declined, withdrawn …)."""
    return next((place for place, (_, states) in enumerate(STAGES) if state in states), -1)


def stages(passed: Passed, note: str = "") -> list[Stage]:
    """The track of an order that came through `passed`; `note` stands beside the current stage.

    An order handled again has its later stages before it once more. One that ended beside the way shows how far it came
    and its end, nothing that will not happen.
    """
    now = passed[-1][0] if passed else State.TO_REVIEW
    here = stage_of(now)
    entered = _entered(passed)
    if here < 0:
        ended = [Stage(STAGES[place][0], "done", entered[place]) for place in sorted(entered)]
        return [*ended, Stage(State(now).label, "done", passed[-1][1], note)]
    track = []
    for place, (label, _) in enumerate(STAGES):
        if place > here:
            track.append(Stage(label, "todo"))
        elif place == here:
            track.append(Stage(label, "done" if now in FINAL else "current", passed[-1][1] if passed else None, note))
        else:
            track.append(Stage(label, "done" if place in entered else "skipped", entered.get(place)))
    return track


def _entered(passed: Passed) -> dict[int, datetime]:
    """When each stage was last come into from another one."""
    found: dict[int, datetime] = {}
    before = -1
    for state, at in passed:
        place = stage_of(state)
        if place >= 0 and place != before:
            found[place] = at
        before = place
    return found
