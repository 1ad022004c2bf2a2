"""Query codes: order number and code together open one order's progress, without a phone."""

import hmac
import secrets

from huying.citizens.fields import blind_index
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.portal.models import TrackCode
from huying.portal.operations.limits import check_limit, count_use
from huying.portal.rules.wording import numbers_meant, plain
from huying.workorders.models import Reward, WorkOrder
from huying.workorders.operations.reward import ALPHABET

LENGTH = 8


class NoMatch(Refusal):
    code = "no_match"
    message = "单号或查询码不对，请核对后再填"


def make_track_code(order: WorkOrder) -> str:
    """A code for this order, in two groups of four; 8 of 31 signs, and ten wrong tries an hour at most."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    TrackCode.objects.create(order=order, centre_id=order.centre_id, code_hash=_hash(code, "portal.track"))
    return f"{code[:4]}-{code[4:]}"


def find_by_code(centre: Centre, number: str, code: str, *, address: str) -> int:
    """The id of the order with this number and this code (its own, or its reward's). Raises NoMatch, TooMuch.

    An unknown number, another centre's and a wrong code are one answer.
    """
    code = plain(code)
    check_limit("track_address", address, centre)
    check_limit("track_number", plain(number), centre)
    meant = WorkOrder.objects.filter(number__in=numbers_meant(number), centre=centre)
    found = meant.values_list("pk", flat=True).first() or 0
    kept = [(bytes(row), "portal.track") for row in TrackCode.objects.filter(order_id=found).values_list("code_hash", flat=True)]
    kept += [(bytes(row), "reward") for row in Reward.objects.filter(order_id=found).values_list("code_hash", flat=True)]
    if code and any(hmac.compare_digest(row, _hash(code, purpose)) for row, purpose in kept):
        return found
    count_use("track_address", address, centre)
    count_use("track_number", plain(number), centre)
    raise NoMatch


def _hash(code: str, purpose: str) -> bytes:
    return blind_index(code, purpose=purpose)
