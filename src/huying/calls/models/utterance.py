from django.db import models

from huying.citizens.fields import SecretText


class Utterance(models.Model):
    """What a caller said to a step that listens, as the recogniser wrote it down (R227): sealed, and kept as long as a
    recording. `linkedid`: the call's name; its row may be written later."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    linkedid = models.CharField(max_length=60)
    step = models.CharField(max_length=60)  # "f1v3:n2"
    text = SecretText("说的话", default="")
    confidence = models.FloatField("可信度", null=True)  # in the recogniser's own measure
    way = models.CharField("出口", max_length=10)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["linkedid"], name="utterance_call"), models.Index(fields=["at"], name="utterance_at")]
