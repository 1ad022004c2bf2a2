"""What a caller hears who asks the machine: how far an order is (R205), or how something is done."""

import re
from dataclasses import dataclass

from huying.calls.models import CalledNumber, Prompt
from huying.calls.rules.above import NOT_FOUND, TOO_OFTEN, ProgressAsked, progress_of

_DIGITS = re.compile(r"[^0-9]")
NEXT, FAILED = "next", "failed"
UNKNOWN = "unavailable"  # a sound of the switch's own


@dataclass(frozen=True, slots=True)
class Said:
    """Names of sounds, and the exit of the node that is taken then."""

    sounds: tuple[str, ...]
    exit: str


def self_service(service: str, called: str, caller: str, keyed: list[str]) -> Said:
    """`keyed`: keys of menus and what was collected on the way, in order."""
    number = CalledNumber.objects.filter(number=called, is_active=True).first()
    if number is None or not keyed:
        return Said((UNKNOWN,), FAILED)
    if service == "progress":
        return _progress(number.centre_id, caller, keyed)
    if service == "guide":
        return _say(number.centre_id, f"guide-{keyed[-1]}", NEXT)
    return Said((UNKNOWN,), FAILED)


def _progress(centre_id: int, caller: str, keyed: list[str]) -> Said:
    """The code last, the number before it; what was not found is for a person to find."""
    number, code = keyed[-2:] if len(keyed) > 1 else (keyed[0], "")
    stage = progress_of(ProgressAsked(centre_id, number, code, caller))
    return _say(centre_id, f"progress-{stage}", FAILED if stage in {NOT_FOUND, TOO_OFTEN} else NEXT)


def _say(centre_id: int, code: str, way: str) -> Said:
    prompt = Prompt.objects.filter(centre_id=centre_id, code=code).first()
    return Said((prompt.sound,), way) if prompt else Said((UNKNOWN,), FAILED)


def keys_of(digits: str) -> list[str]:
    """What was keyed in at each step of "node:digits.node:digits."."""
    return [_DIGITS.sub("", part.partition(":")[2]) for part in digits.split(".") if ":" in part]
