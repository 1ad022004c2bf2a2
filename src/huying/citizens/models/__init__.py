from huying.citizens.models.caller import Caller
from huying.citizens.models.contact import Contact

__all__ = ["Caller", "Contact"]
