from django.contrib.postgres.fields import ArrayField
from django.db import models

from huying.citizens.fields import SecretText
from huying.kernel import masking


class Caller(models.Model):
    """A person, enterprise or visitor known to a centre by a phone number."""

    class Kind(models.TextChoices):
        RESIDENT = "resident", "居民"
        ENTERPRISE = "enterprise", "企业"
        TOURIST = "tourist", "游客"
        ANONYMOUS = "anonymous", "匿名"

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    kind = models.CharField("身份", max_length=12, choices=Kind.choices, default=Kind.RESIDENT)
    name = SecretText("姓名", default="")
    phone = SecretText("电话", default="")
    phone_hash = models.BinaryField(max_length=32)
    labels = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="标签")
    no_messages = models.BooleanField("不接收短信", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "phone_hash"], name="caller_once_per_centre")]

    def __str__(self) -> str:
        return f"诉求人 {self.pk}"

    @property
    def masked_name(self) -> str:
        return masking.mask_name(self.name)
