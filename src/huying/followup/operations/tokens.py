"""The right to rate an order once, as a short text that fits into a message."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from huying.followup.models import RatingToken
from huying.kernel import clock
from huying.kernel.digest import sm3
from huying.workorders.models import WorkOrder
from huying.workorders.queries import pack_of

BYTES = 15
"""Randomness of a token: 20 letters, nobody guesses one of a million in the pack's rating days."""


def digest_of(token: str) -> bytes:
    return sm3(token.encode())


def make_rating_token(order: WorkOrder) -> str:
    """A new token for the order's present closing, valid for the pack's `rating_days`; earlier ones stay valid too, but
    one closing is rated once whichever is used (R283)."""
    return make_rating_tokens([order])[0]


def make_rating_tokens(orders: Sequence[WorkOrder]) -> list[str]:
    """One for each, in one statement: hundreds may have been merged into the order that is closed."""
    tokens, now = [secrets.token_urlsafe(BYTES) for _ in orders], clock.now()
    RatingToken.objects.bulk_create(
        RatingToken(
            order=order, centre_id=order.centre_id, round=order.reopen_count, digest=digest_of(token), created_at=now,
            expires_at=now + timedelta(days=pack_of(order.pack).rating_days),
        )
        for order, token in zip(orders, tokens, strict=True)
    )
    return tokens
