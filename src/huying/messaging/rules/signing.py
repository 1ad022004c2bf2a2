"""What stands between us and a gateway: HMAC-SHA256 over time and body, in both directions."""

import hashlib
import hmac

FRESH_SECONDS = 300
"""How far the clocks of the two sides may be apart; an older request is a replay."""


def sign(key: bytes, timestamp: str, body: bytes) -> str:
    """The hexadecimal signature of one request; `timestamp` in whole seconds since 1970."""
    return hmac.new(key, timestamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def signed_well(key: bytes, timestamp: str, body: bytes, signature: str, *, now: float) -> bool:
    """Whether the signature is right and the request fresh; `now` in seconds since 1970."""
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now - int(timestamp)) > FRESH_SECONDS:
        return False
    return hmac.compare_digest(sign(key, timestamp, body), signature.lower())
