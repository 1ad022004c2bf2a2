from huying.citizens.operations.keep_contact import keep_contact, new_contact
from huying.citizens.operations.reveal import ReasonMissing, reveal

__all__ = ["ReasonMissing", "keep_contact", "new_contact", "reveal"]
