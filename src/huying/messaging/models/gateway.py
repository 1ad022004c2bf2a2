from django.db import models


class Gateway(models.Model):
    """What all workers together know of one gateway: when the next message may go, and since when it is down (R195)."""

    name = models.CharField(max_length=30, primary_key=True)
    next_slot_at = models.DateTimeField(null=True)
    down_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
