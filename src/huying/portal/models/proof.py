from django.db import models


class PhoneCode(models.Model):
    """A six-digit code sent to a phone. `key` stays in the browser that asked for it: nobody else can use up its tries."""

    tenant_column = "centre_id"

    key = models.UUIDField(unique=True)
    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    phone_hash = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class TrackCode(models.Model):
    """The query code of an order sent in online, by which whoever has number and code may follow it. Only its hash is
    kept. An order with a reward has no row here: the reward's code serves for both."""

    tenant_column = "centre_id"

    order = models.OneToOneField("workorders.WorkOrder", models.CASCADE, related_name="+")
    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    code_hash = models.BinaryField(max_length=32)


class Attempt(models.Model):
    """One use of something that is limited. `key` is a keyed hash of a phone, an address or an order number."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    what = models.CharField(max_length=20)
    key = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["key", "what", "at"], name="attempt_count"),
            models.Index(fields=["at"], name="attempt_age"),
        ]
