from django.db import models

from huying.audit.models import Chained
from huying.citizens.fields import SecretText
from huying.kernel import masking


class CallerList(models.Model):
    """A list of callers treated alike: elderly, enterprises, a dialect, VIP (R203); or of numbers that only test (C10)."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="caller_lists", verbose_name="运营中心")
    code = models.SlugField("代码", max_length=20)
    name = models.CharField("名称", max_length=40)
    is_test = models.BooleanField("测试号码", default=False)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="caller_list_once")]

    def __str__(self) -> str:
        return self.name


class ListedCaller(models.Model):
    """One number on one list."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    list = models.ForeignKey(CallerList, models.CASCADE, related_name="callers")
    number = SecretText("号码", default="")
    number_hash = models.BinaryField(max_length=32)
    note = models.CharField("备注", max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "number_hash"], name="listed_once")]

    @property
    def masked_number(self) -> str:
        return masking.mask_phone(self.number)


class Block(Chained):
    """A malicious caller kept out for a time (R216): nominated with evidence, approved, always ending, appealable."""

    class State(models.TextChoices):
        NOMINATED = "nominated", "待审批"
        ACTIVE = "active", "生效中"
        REJECTED = "rejected", "未批准"
        LIFTED = "lifted", "已解除"
        EXPIRED = "expired", "已到期"

    stream = "block"
    noun = "限制呼入"
    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    number = SecretText("号码", default="")
    number_hash = models.BinaryField(max_length=32)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.NOMINATED)
    reason = models.TextField("理由")
    evidence = models.ManyToManyField("calls.Call", related_name="+", verbose_name="证据通话")
    nominated_by = models.ForeignKey("org.Staff", models.PROTECT, related_name="+")
    nominated_at = models.DateTimeField()
    decided_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField("审批意见", max_length=200, blank=True)
    begins_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField("到期")
    hits = models.PositiveIntegerField("命中次数", default=0)
    passes = models.PositiveIntegerField("放行次数", default=0)
    appeal = models.TextField("申诉", blank=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_decision = models.CharField("申诉处理", max_length=200, blank=True)

    class Meta:
        ordering = ["-nominated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "number_hash"], condition=models.Q(state__in=["nominated", "active"]), name="block_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def masked_number(self) -> str:
        return masking.mask_phone(self.number)

    @property
    def days(self) -> int:
        """For how long it is in force, from its beginning, or from the approval still to come."""
        return round((self.ends_at - (self.begins_at or self.nominated_at)).total_seconds() / 86_400)
