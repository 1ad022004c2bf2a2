"""Write down who is appealing."""

from huying.citizens.fields import blind_index
from huying.citizens.models import Caller, Contact
from huying.kernel.phones import normalise_phone


def keep_contact(
    *, centre_id: int, name: str = "", phone: str = "", id_number: str = "", address: str = "", gender: str = "",
    kind: str = Caller.Kind.RESIDENT, anonymous: bool = False,
) -> Contact:
    """Save the contact data of one order and tie them to the known caller of that phone number, if there is a phone."""
    contact = Contact(
        centre_id=centre_id, name=name.strip(), phone=phone.strip(), id_number=id_number.strip(),
        address=address.strip(), gender=gender,
    )
    contact.set_hashes()
    if contact.phone and not anonymous:
        contact.caller_id = known_caller(centre_id=centre_id, name=contact.name, phone=contact.phone, kind=kind)
    contact.save(force_insert=True)
    return contact


def known_caller(*, centre_id: int, name: str, phone: str, kind: str) -> int:
    """The id of the caller with this number, created at the first appeal; safe when two orders come at once."""
    digest = blind_index(normalise_phone(phone), purpose="phone")
    found = Caller.objects.filter(centre_id=centre_id, phone_hash=digest).values_list("pk", flat=True).first()
    if found:
        return found
    caller = Caller(centre_id=centre_id, kind=kind, name=name, phone=phone, phone_hash=digest)
    Caller.objects.bulk_create([caller], ignore_conflicts=True)
    return Caller.objects.values_list("pk", flat=True).get(centre_id=centre_id, phone_hash=digest)
