from django.db import models


class Anchor(models.Model):
    """A seal over all events up to `last_event_id`; each seals the one before it. Also written to a file outside."""

    append_only = True

    at = models.DateTimeField()
    last_event_id = models.BigIntegerField()
    events = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["id"]
