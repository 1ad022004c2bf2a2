import secrets
from base64 import b32encode
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from huying.org.fields import SecretText

STEP_SECONDS = 30
TOLERANCE = 1


def new_key() -> str:
    return secrets.token_hex(20)


class Authenticator(ThrottlingMixin, Device):  # type: ignore[misc]
    """The authenticator app on a person's phone (TOTP, RFC 6238: SHA-1, six digits, thirty seconds).

    django_otp's own table keeps keys readable; here whoever has the database alone cannot make codes (R252, R253).
    `last_t` is the time step of the newest code taken: none is taken twice.
    """

    user = models.ForeignKey("org.Staff", models.CASCADE, related_name="+")
    key = SecretText(default=new_key)
    drift = models.SmallIntegerField(default=0)
    last_t = models.BigIntegerField(default=-1)

    objects: ClassVar[models.Manager["Authenticator"]] = models.Manager()

    def totp(self) -> TOTP:
        return TOTP(bytes.fromhex(self.key), STEP_SECONDS, drift=self.drift)

    def verify_token(self, token: Any) -> bool:
        """Take a code, once; on a row that is locked (`django_otp.verify_token`)."""
        if not self.verify_is_allowed()[0]:
            return False
        totp = self.totp()
        if not str(token).isdecimal() or not totp.verify(int(token), TOLERANCE, self.last_t + 1):
            self.throttle_increment(commit=True)
            return False
        self.last_t, self.drift = totp.t(), totp.drift
        self.throttle_reset(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> int:
        """Seconds to wait after the first wrong code, doubled with every further one."""
        return 1

    @property
    def shared_key(self) -> str:
        """The key as a person types it into an app."""
        return b32encode(bytes.fromhex(self.key)).decode()

    @property
    def config_url(self) -> str:
        """What the picture to be scanned says."""
        issuer = settings.OTP_TOTP_ISSUER
        words = {"secret": self.shared_key, "algorithm": "SHA1", "digits": 6, "period": STEP_SECONDS, "issuer": issuer}
        return f"otpauth://totp/{quote(f'{issuer}:{self.user.get_username()}')}?{urlencode(words, quote_via=quote)}"
