"""How far an order is, asked on the telephone: by its number and the last four digits of the phone it was given with.

Who calls from that phone need not key in the whole number. Only the stage is said, nothing of what the order is about;
wrong tries are few for an order and for a caller.
"""

import hmac

from huying.calls.rules.above import NOT_FOUND, TOO_OFTEN, ProgressAsked
from huying.citizens.fields import blind_index
from huying.kernel.phones import normalise_phone
from huying.org.models import Centre
from huying.portal.operations.limits import check_limit, count_use
from huying.portal.rules.limits import TooMuch
from huying.portal.rules.spoken import CODE_SIGNS, LEAST_SIGNS, stage_said
from huying.workorders.models import WorkOrder


def progress_by_phone(asked: ProgressAsked) -> str:
    """One of `calls.rules.above.STAGES`. An unknown number and a wrong code are one answer."""
    centre = Centre.objects.get(pk=asked.centre_id)
    caller = normalise_phone(asked.caller) or "unknown"
    try:
        check_limit("call_caller", caller, centre)
        check_limit("call_number", asked.number, centre)
    except TooMuch:
        return TOO_OFTEN
    found = _meant(asked, centre)
    if found is None or not _proves(found, asked.code):
        count_use("call_caller", caller, centre)
        count_use("call_number", asked.number, centre)
        return NOT_FOUND
    return stage_said(found.state)


def _meant(asked: ProgressAsked, centre: Centre) -> WorkOrder | None:
    rows = WorkOrder.objects.filter(centre__path__startswith=centre.path).select_related("contact")
    if found := rows.filter(number=asked.number).first():
        return found
    digest = blind_index(normalise_phone(asked.caller), purpose="phone")
    if not digest or len(asked.number) < LEAST_SIGNS:
        return None
    return rows.filter(contact__phone_hash=digest, number__endswith=asked.number).order_by("-created_at").first()


def _proves(order: WorkOrder, code: str) -> bool:
    phone = normalise_phone(order.contact.phone) if order.contact else ""
    return len(code) == CODE_SIGNS and len(phone) >= CODE_SIGNS and hmac.compare_digest(phone[-CODE_SIGNS:], code)
