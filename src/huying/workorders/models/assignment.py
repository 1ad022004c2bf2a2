from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

from huying.workorders.catalog import Finding, Way
from huying.workorders.models.order import NEVER
from huying.workorders.workflow import UNFINISHED, Task

NEXT_DUE = Case(
    When(state=Task.TO_SIGN, then=F("sign_due_at")), When(state=Task.HANDLING, then=F("due_at")),
    output_field=models.DateTimeField(),
)
"""What a task is due for next; lists of tasks are sorted by it (`queries.lanes.TASK_DUE` says the same in SQL)."""


class Assignment(models.Model):
    """A sub-order (子单): what one unit has to do for an order.

    One main assignment, any number of assisting ones; a sub-unit's hangs below its parent's and is due no later (R288).
    """

    class Role(models.TextChoices):
        MAIN = "main", "主办"
        ASSIST = "assist", "协办"
        SUB = "sub", "二级办理"

    tenant_column = "centre_id"

    order = models.ForeignKey("workorders.WorkOrder", models.CASCADE, related_name="assignments")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="assignments", verbose_name="承办单位")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    role = models.CharField("主协办", max_length=6, choices=Role.choices)
    state = models.CharField("状态", max_length=10, choices=Task.choices(), default=Task.TO_SIGN)
    opinion = models.TextField("交办意见", blank=True)
    clause = models.CharField("派单依据", max_length=300, blank=True)
    dispatched_at = models.DateTimeField("派单时间")
    dispatched_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")
    sign_due_at = models.DateTimeField("签收期限", null=True)
    signed_at = models.DateTimeField("签收时间", null=True)
    signed_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")
    auto_signed = models.BooleanField("视同签收", default=False)
    due_at = models.DateTimeField("办理期限", null=True)
    contacted_at = models.DateTimeField("首次联系", null=True)
    extended_days = models.PositiveSmallIntegerField("已延期工作日", default=0)
    extension_count = models.PositiveSmallIntegerField("延期次数", default=0)
    reply = models.TextField("答复", blank=True)
    replied_at = models.DateTimeField("反馈时间", null=True)
    replied_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")
    unfinished_reason = models.TextField("协办未完成说明", blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["unit", "state", "-dispatched_at", "-id"], name="assignment_unit"),
            models.Index(
                F("unit"), F("state"), Coalesce(NEXT_DUE, Value(NEVER)), F("id"), name="assignment_unit_due",
                condition=Q(state__in=sorted(UNFINISHED)),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], name="one_live_main_assignment",
                condition=Q(role="main", state__in=sorted(UNFINISHED)),
            )
        ]


class Verification(models.Model):
    """The four elements of verifying: who, when, how, and proof (R287)."""

    tenant_column = "centre_id"

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="verifications")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    who = models.CharField("何人", max_length=80)
    at = models.DateTimeField("何时")
    way = models.CharField("何方式", max_length=10, choices=Way.choices())
    finding = models.CharField("事实认定", max_length=10, choices=Finding.choices())
    note = models.TextField("说明", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
