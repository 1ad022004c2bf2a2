from huying.citizens.operations.keep_contact import keep_contact, new_contact
from huying.citizens.operations.reveal import reveal

__all__ = ["keep_contact", "new_contact", "reveal"]
