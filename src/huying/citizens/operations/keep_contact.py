"""Write down who is appealing."""

from huying.audit.queries import quick
from huying.citizens.fields import sealed
from huying.citizens.models import Caller, Contact
from huying.kernel import clock

KNOW = """
    WITH known AS (
        SELECT id FROM citizens_caller WHERE centre_id = %(centre)s AND phone_hash = %(digest)s
    ), made AS (
        INSERT INTO citizens_caller (centre_id, kind, name, phone, phone_hash, labels, no_messages, created_at)
        SELECT %(centre)s, %(kind)s, %(name)s, %(phone)s, %(digest)s, '{}', false, %(now)s WHERE NOT EXISTS (SELECT FROM known)
        ON CONFLICT (centre_id, phone_hash) DO NOTHING RETURNING id
    )
    SELECT id FROM known UNION ALL SELECT id FROM made
"""


def keep_contact(
    *, centre_id: int, name: str = "", phone: str = "", id_number: str = "", address: str = "", gender: str = "",
    kind: str = Caller.Kind.RESIDENT, anonymous: bool = False,
) -> Contact:
    """Save the contact data of one order and tie them to the known caller of that phone number, if there is a phone."""
    contact = new_contact(
        centre_id=centre_id, name=name, phone=phone, id_number=id_number, address=address, gender=gender, kind=kind,
        anonymous=anonymous,
    )
    contact.save(force_insert=True)
    return contact


def new_contact(
    *, centre_id: int, name: str = "", phone: str = "", id_number: str = "", address: str = "", gender: str = "",
    kind: str = Caller.Kind.RESIDENT, anonymous: bool = False,
) -> Contact:
    """`keep_contact` but for saving it, which is left to the caller of this function."""
    contact = Contact(
        centre_id=centre_id, name=name.strip(), phone=phone.strip(), id_number=id_number.strip(),
        address=address.strip(), gender=gender,
    )
    contact.set_hashes()
    if contact.phone and not anonymous:
        contact.caller_id = known_caller(contact, kind)
    return contact


def known_caller(contact: Contact, kind: str) -> int:
    """The id of the caller with this number, created at the first appeal; safe when two orders come at once."""
    name, phone = (sealed(Caller, field, getattr(contact, field)) for field in ("name", "phone"))
    values = {
        "centre": contact.centre_id, "digest": bytes(contact.phone_hash), "kind": str(kind), "name": name, "phone": phone,
        "now": clock.now(),
    }
    # Nothing comes back when another session has just made this caller: it is there now.
    row = quick(KNOW, values) or quick(KNOW, values)
    assert row is not None
    return int(row[0])
