from django.db import models
from django.db.models import Q

from huying.followup.catalog import RESULT_LABELS, Progress, Result
from huying.workorders.catalog import CallResult, Exempt, Satisfaction, Solved, Unhappy, Way

OPEN = (Progress.WAITING, Progress.CALLING)


class FollowUp(models.Model):
    """One round of following up one order: from the checked reply until its result (R067, R089).

    `person` groups what one person is called about: the keyed hash of the phone, or the order itself without one.
    `due_at` is the clock's when the round opened; the first attempt stops it, whoever answers (K3-03). `call_by` orders
    the desk: the due time at first, a day after the last attempt later.
    """

    class State(models.TextChoices):
        WAITING = Progress.WAITING, "待回访"
        CALLING = Progress.CALLING, "回访中"
        DONE = Progress.DONE, "已完成"
        CANCELLED = Progress.CANCELLED, "已取消"

    tenant_column = "centre_id"

    order = models.ForeignKey("workorders.WorkOrder", models.CASCADE, related_name="follow_ups")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    person = models.BinaryField(max_length=32)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    opened_at = models.DateTimeField("办结时间")
    due_at = models.DateTimeField("回访期限")
    call_by = models.DateTimeField()
    claimed_by = models.ForeignKey("org.Staff", models.SET_NULL, null=True, related_name="+", verbose_name="回访人")
    claimed_until = models.DateTimeField(null=True)
    attempts_made = models.PositiveSmallIntegerField("拨打次数", default=0)
    first_attempt_at = models.DateTimeField("首次拨打", null=True)
    last_attempt_at = models.DateTimeField("最近拨打", null=True)
    last_result = models.CharField("最近结果", max_length=14, blank=True, choices=CallResult.choices())
    result = models.CharField("结果", max_length=10, blank=True, choices=RESULT_LABELS.items())
    exempt = models.CharField("免回访理由", max_length=10, blank=True, choices=Exempt.choices())
    finished_at = models.DateTimeField("完成时间", null=True)
    finished_by = models.ForeignKey("org.Staff", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "round"], name="follow_up_round_once"),
            models.UniqueConstraint(fields=["order"], name="one_open_follow_up", condition=Q(state__in=list(OPEN))),
        ]
        indexes = [
            models.Index(fields=["centre", "call_by"], name="follow_up_waiting", condition=Q(state__in=list(OPEN))),
            models.Index(fields=["person"], name="follow_up_person", condition=Q(state__in=list(OPEN))),
            models.Index(fields=["centre", "opened_at"], name="follow_up_opened"),
        ]

    @property
    def executed(self) -> bool:
        return self.result in {Result.REACHED, Result.UNREACHED}


class Attempt(models.Model):
    """One try to speak with the citizen. Never changed, never deleted."""

    append_only = True
    tenant_column = "centre_id"

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="attempts")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    way = models.CharField("方式", max_length=10, choices=Way.choices())
    result = models.CharField("结果", max_length=14, choices=CallResult.choices())
    note = models.TextField("说明", blank=True)
    by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+", verbose_name="回访人")

    class Meta:
        ordering = ["id"]


class Answers(models.Model):
    """What the citizen said to the four questions (R107). Each time a row of its own: the first and the final value
    of an order both stay."""

    append_only = True
    tenant_column = "centre_id"

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="answers")
    order = models.ForeignKey("workorders.WorkOrder", models.PROTECT, related_name="answers")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    contacted = models.CharField("单位是否联系", max_length=4, choices=[("yes", "联系过"), ("no", "没有联系")])
    solved = models.CharField("是否解决", max_length=8, choices=Solved.choices())
    satisfaction = models.CharField("满意度", max_length=8, choices=Satisfaction.choices())
    unhappy = models.CharField("不满意原因", max_length=16, blank=True, choices=Unhappy.choices())
    text = models.TextField("诉求人原话", blank=True)
    by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+", verbose_name="回访人")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "answers"
        indexes = [models.Index(fields=["centre", "at"], name="answers_at")]
