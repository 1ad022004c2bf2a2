"""Who acts, what that person may do, and the gate in front of every page."""

from huying.org.policies.actor import (
    GOVERNMENT_ONLY,
    Actor,
    Kind,
    NotAllowed,
    Outsourced,
    citizen_actor,
    staff_actor,
    system_actor,
)
from huying.org.policies.gate import Refused404, actor_of, found_or_404, needs, note_refusal

__all__ = [
    "GOVERNMENT_ONLY",
    "Actor",
    "Kind",
    "NotAllowed",
    "Outsourced",
    "Refused404",
    "actor_of",
    "citizen_actor",
    "found_or_404",
    "needs",
    "note_refusal",
    "staff_actor",
    "system_actor",
]
