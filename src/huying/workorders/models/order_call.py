from django.db import models


class OrderCall(models.Model):
    """A call that has to do with an order: taken in during it, or made about it; its recording is the order's too."""

    class Kind(models.TextChoices):
        INTAKE = "intake", "受理来电"
        URGE = "urge", "来电催办"
        CONTACT = "contact", "联系诉求人"
        FOLLOW_UP = "follow_up", "回访"

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    order = models.ForeignKey("workorders.WorkOrder", models.CASCADE, related_name="calls")
    call = models.ForeignKey("calls.Call", models.PROTECT, related_name="order_links")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["order", "call"], name="order_call_once")]
