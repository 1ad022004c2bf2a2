from django.db import models
from django.db.models import Q

from huying.workorders.catalog import Blame, Ground
from huying.workorders.workflow import Plea


class Application(models.Model):
    """A unit asks for a return, an extension or a suspension (R281, R289)."""

    class Kind(models.TextChoices):
        RETURN = "return", "退回"
        EXTENSION = "extension", "延期"
        SUSPENSION = "suspension", "挂起"

    tenant_column = "centre_id"

    order = models.ForeignKey("workorders.WorkOrder", models.CASCADE, related_name="applications")
    assignment = models.ForeignKey("workorders.Assignment", models.CASCADE, related_name="applications")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    kind = models.CharField("申请", max_length=10, choices=Kind.choices)
    state = models.CharField("状态", max_length=12, choices=Plea.choices(), default=Plea.PENDING)
    reason = models.TextField("理由")
    clause = models.CharField("依据条款", max_length=300, blank=True)
    proposed_unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", verbose_name="建议单位")
    workdays = models.PositiveSmallIntegerField("延期工作日", null=True)
    ground = models.CharField("挂起事由", max_length=10, blank=True, choices=Ground.choices())
    until = models.DateTimeField("挂起至", null=True)
    created_at = models.DateTimeField("申请时间")
    created_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("审核时间", null=True)
    decided_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")
    decision = models.TextField("审核意见", blank=True)
    blame = models.CharField("责任判定", max_length=12, blank=True, choices=Blame.choices())

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["centre", "kind", "state", "created_at"], name="application_desk")]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "kind"], name="one_open_application",
                condition=Q(state__in=["pending", "arbitrating"]),
            )
        ]
