"""A citizen wants no more messages, or wants them again (R053). Codes go out all the same."""

from huying.citizens.fields import blind_index
from huying.citizens.models import Caller
from huying.kernel.phones import normalise_phone

STOP_WORDS = {"T", "TD", "N", "退订"}
START_WORDS = {"HF", "恢复"}


def set_no_messages(phone: str, no_messages: bool, *, centre_id: int | None = None) -> int:
    """Mark every caller known by this number (of one centre, when named); how many there are."""
    callers = Caller.objects.filter(phone_hash=blind_index(normalise_phone(phone), purpose="phone"))
    if centre_id is not None:
        callers = callers.filter(centre_id=centre_id)
    return callers.update(no_messages=no_messages)


def take_reply(phone: str, text: str) -> bool:
    """A short answer to one of our messages; whether it was one of the words we know."""
    word = text.strip().upper()
    if word not in STOP_WORDS | START_WORDS:
        return False
    return set_no_messages(phone, word in STOP_WORDS) > 0
