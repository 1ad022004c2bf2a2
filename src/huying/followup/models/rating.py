from django.db import models

from huying.followup.catalog import MEDIUM_LABELS
from huying.workorders.catalog import Satisfaction, Unhappy


class RatingToken(models.Model):
    """The right to rate one order once, sent as a link. Only its digest is kept (R283)."""

    tenant_column = "centre_id"

    order = models.ForeignKey("workorders.WorkOrder", models.CASCADE, related_name="+")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Rating(models.Model):
    """What a citizen himself gave, once per closing of an order (`round`). Never changed, never deleted (R054, R284)."""

    append_only = True
    tenant_column = "centre_id"

    order = models.ForeignKey("workorders.WorkOrder", models.PROTECT, related_name="ratings")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    channel = models.CharField("渠道", max_length=6, choices=MEDIUM_LABELS.items())
    satisfaction = models.CharField("满意度", max_length=8, choices=Satisfaction.choices())
    unhappy = models.CharField("不满意原因", max_length=16, blank=True, choices=Unhappy.choices())
    text = models.TextField("意见", blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["order", "round"], name="rating_once")]
        indexes = [models.Index(fields=["centre", "-at", "-id"], name="rating_at")]
