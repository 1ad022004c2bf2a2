"""Telephone numbers as people write them, brought to one form."""

import re
import unicodedata

_EXTENSION = re.compile(r"(?:转|轉|ext\.?|分机|#|,|;|/|、).*", re.IGNORECASE | re.DOTALL)
_COUNTRY = re.compile(r"(?:\+|00)86")
_NOT_DIGIT = re.compile(r"\D+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
# Service numbers (110, 12345), local numbers without area code, 400 and 800 numbers.
_SHORT = re.compile(r"[1-9]\d{2,7}|[48]00\d{7}")
_LANDLINE = re.compile(r"(?P<area>010|02\d|0(?!400|800)[3-9]\d{2})(?P<local>[2-8]\d{6,7})")


def normalise_phone(text: str) -> str:
    """Return the bare digits a number is compared by: "+86 139-0770-0001" and "013907700001" become "13907700001".

    Full-width digits, spaces, dashes, the country code 86, a 0 dialled before a mobile number and an extension
    (转 801) go. A foreign number keeps its digits. Returns "" when there is no digit at all.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    bare = re.sub(r"[^\d+]", "", _EXTENSION.sub("", text))
    digits = _NOT_DIGIT.sub("", _COUNTRY.sub("", bare, count=1) if _COUNTRY.match(bare) else bare)
    if _MOBILE.fullmatch(digits.removeprefix("86")):
        return digits.removeprefix("86")
    if _MOBILE.fullmatch(digits.removeprefix("0")):
        return digits.removeprefix("0")
    # Abroad an area code is dialled without its 0.
    return "0" + digits if _COUNTRY.match(bare) and _LANDLINE.fullmatch("0" + digits) else digits


def is_mobile(phone: str) -> bool:
    """Say whether a normalised number is a mobile number of the mainland."""
    return bool(_MOBILE.fullmatch(phone))


def split_landline(phone: str) -> tuple[str, str] | None:
    """Return (area code, local number) of a normalised landline number, None for anything else."""
    found = _LANDLINE.fullmatch(phone)
    return (found["area"], found["local"]) if found else None


def is_phone(phone: str) -> bool:
    """Say whether a normalised number can be called: mobile, landline with or without area code, service number."""
    return is_mobile(phone) or split_landline(phone) is not None or bool(_SHORT.fullmatch(phone))
