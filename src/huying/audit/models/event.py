from typing import ClassVar

from django.db import models


class Event(models.Model):
    """One step in the life of one thing ("order", 17). Never changed, never deleted (R055).

    `hash` is SM3 over `prev` and the row, `seq` runs 1, 2, 3 … within (stream, stream_id): the two make a chain in
    which no row can be altered, taken out or slipped in unseen. One plain table, not partitioned: the unique index on
    (stream, stream_id, seq) is the guard of the chain, and a partitioned table cannot have it (ADR 0003).
    """

    append_only = True
    tenant_column = "centre_id"

    stream = models.CharField(max_length=20)
    stream_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    centre_id = models.BigIntegerField()
    unit_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=40, blank=True)
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "stream_id", "seq"], name="event_chain")]
        indexes = [
            models.Index(fields=["centre_id", "at"], name="event_centre_at"),
            models.Index(fields=["stream", "kind", "at"], name="event_kind_at"),
        ]

    def record(self) -> dict[str, object]:
        """What the hash covers: every column but the id and the hashes themselves."""
        return {
            "stream": self.stream, "stream_id": self.stream_id, "seq": self.seq, "kind": self.kind, "at": self.at,
            "centre": self.centre_id, "unit": self.unit_id, "actor_kind": self.actor_kind, "actor": self.actor_id,
            "actor_name": self.actor_name, "before": self.before, "after": self.after, "reason": self.reason,
            "data": self.data, "request": self.request_id,
        }


class Chained(models.Model):
    """Something with a history: it carries the end of its own chain, so a removed last event is missed too."""

    stream: ClassVar[str]
    noun: ClassVar[str]
    """What people call it."""

    event_seq = models.PositiveIntegerField(default=0, editable=False)
    event_head = models.BinaryField(max_length=32, default=bytes(32), editable=False)

    class Meta:
        abstract = True
