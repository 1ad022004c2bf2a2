"""How a telephone number is found again where only its hash is kept."""

from huying.citizens.fields import blind_index
from huying.kernel.phones import normalise_phone


def hash_of(number: str) -> bytes:
    """The same for every way of writing a number, and the same as in callers and contacts; b"" without digits."""
    return blind_index(normalise_phone(number), purpose="phone")
