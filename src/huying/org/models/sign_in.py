from django.contrib.postgres.fields import ArrayField
from django.db import models

from huying.kernel import clock
from huying.org.rules.browsers import browser_name


class SignIn(models.Model):
    """One browser session of one account: where from, since when, how it ended."""

    staff = models.ForeignKey("org.Staff", models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-seen_at"]

    @property
    def browser(self) -> str:
        return browser_name(self.agent)


class ApiToken(models.Model):
    """A bearer token; only its digest is kept. `scopes` narrows the holder's permissions, empty means all of them."""

    staff = models.ForeignKey("org.Staff", models.CASCADE, related_name="tokens")
    digest = models.BinaryField(max_length=32, unique=True)
    label = models.CharField(max_length=60, blank=True)
    scopes = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()
