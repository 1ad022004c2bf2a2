from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from huying.citizens.fields import SecretText


class Webhook(models.Model):
    """Somebody outside wants to be told of steps in the life of orders (R200).

    It hears what `staff`, narrowed to `scopes`, may know of; nothing once that account is disabled.
    """

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    staff = models.ForeignKey("org.Staff", models.CASCADE, related_name="+")
    scopes = ArrayField(models.CharField(max_length=60), default=list)
    url = models.CharField("接收地址", max_length=500)
    events = ArrayField(models.CharField(max_length=40), verbose_name="事件")
    secret = SecretText("签名密钥")
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event on its way to one subscription, with every try; `tries` holds {at, status, ms, error}."""

    class State(models.TextChoices):
        PENDING = "pending", "等待投递"
        DELIVERED = "delivered", "已送达"
        FAILED = "failed", "未送达"

    tenant_column = "centre_id"

    key = models.UUIDField(default=uuid4, unique=True)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    event_id = models.BigIntegerField()
    kind = models.CharField("事件", max_length=40)
    number = models.CharField("工单号", max_length=40)
    body = models.TextField("内容")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    tries = models.JSONField(default=list)
    replay_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["webhook", "-id"], name="delivery_log")]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "event_id"], name="delivery_once", condition=models.Q(replay_of__isnull=True)
            )
        ]
