"""Which of the things a person may do comes first: the biggest button, always in the same place. Pure."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from huying.workorders.workflow import Action

FIRST = (
    "arbitrate", "approve_return", "approve_extension", "approve_suspension", "sign_off", "sign", "verify", "reply",
    "assist_reply", "resume", "pass_review", "dispatch", "pass_check", "start_follow_up", "finish_follow_up", "close",
    "submit",
)
"""The next step of each place in the order's life, the most pressing first."""

SECOND = {
    "arbitrate": ("request_return",), "approve_return": ("reject_return",), "approve_extension": ("reject_extension",),
    "approve_suspension": ("reject_suspension",), "sign_off": ("reject_sign_off",), "sign": ("request_return",),
    "verify": ("contact", "request_extension"), "reply": ("contact", "verify", "request_extension"),
    "assist_reply": ("contact", "verify"), "pass_review": ("reject_review", "dispatch", "direct_answer", "decline"),
    "dispatch": ("direct_answer", "decline", "refer", "split"), "pass_check": ("reject_check",),
    "finish_follow_up": ("attempt", "rehandle"), "start_follow_up": (), "close": ("reject_close", "rehandle"),
    "submit": ("dispatch", "direct_answer", "decline", "edit"),
}
"""What stands beside the first step; everything else is under "更多"."""


class Offered(Protocol):
    @property
    def action(self) -> Action: ...


Given = TypeVar("Given", bound=Offered)


def first(offers: Sequence[Given], *, verified: bool = False) -> Given | None:
    """The offer to make biggest; once something has been verified, the reply comes before another verification."""
    by_code = {offer.action.code: offer for offer in offers}
    codes = [code for code in FIRST if code in by_code and not (code == "verify" and verified)]
    return by_code[codes[0]] if codes else None


def beside(primary: str, offers: Sequence[Given]) -> tuple[list[Given], list[Given]]:
    """The other offers: those that stand beside the first step, and the rest."""
    near = SECOND.get(primary, ())
    order = {code: place for place, code in enumerate(near)}
    rest = [offer for offer in offers if offer.action.code != primary]
    chosen = sorted((offer for offer in rest if offer.action.code in order), key=lambda offer: order[offer.action.code])
    return chosen, [offer for offer in rest if offer.action.code not in order]
