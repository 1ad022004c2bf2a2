from django.db import models

from huying.org.fields import SealedBlob


class Draft(models.Model):
    """What an agent has typed and not yet sent; one row per open form, so a crash loses nothing (R220)."""

    tenant_column = "centre_id"

    key = models.UUIDField(unique=True)
    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    staff = models.ForeignKey("org.Staff", models.CASCADE, related_name="drafts")
    data = models.JSONField(default=dict)
    secret = SealedBlob()  # the contact part, encrypted
    updated_at = models.DateTimeField(auto_now=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-updated_at"]


class NumberCounter(models.Model):
    """The last serial given out under one key (region + channel + day). Gaps may occur, repetitions never."""

    key = models.CharField(max_length=60, primary_key=True)
    value = models.BigIntegerField(default=0)


class IdempotencyKey(models.Model):
    """A request seen before: the same key and body give the same order, another body is a conflict."""

    staff = models.ForeignKey("org.Staff", models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32)
    number = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "key"], name="idempotency_once")]
