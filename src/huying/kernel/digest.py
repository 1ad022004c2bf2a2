"""SM3 (GB/T 32905-2016), keyed and plain, from OpenSSL through hashlib, else from `cryptography`."""

import hashlib
import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as slow_hmac

_FAST = "sm3" in hashlib.algorithms_available


def sm3(data: bytes) -> bytes:
    """Return the 32-byte SM3 digest."""
    if _FAST:
        return hashlib.new("sm3", data).digest()
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """Return the 32-byte HMAC-SM3 of `data`."""
    if _FAST:
        return hmac.digest(key, data, "sm3")
    keyed = slow_hmac.HMAC(key, hashes.SM3())
    keyed.update(data)
    return keyed.finalize()
