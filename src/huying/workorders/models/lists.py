"""What people keep beside their lists."""

from django.db import models


class SavedFilter(models.Model):
    """One person's named filter of one desk. Telephone numbers are never kept in it."""

    staff = models.ForeignKey("org.Staff", models.CASCADE, related_name="saved_filters")
    desk = models.CharField("列表", max_length=20)
    name = models.CharField("名称", max_length=20)
    query = models.JSONField("条件", default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["staff", "desk", "name"], name="saved_filter_once")]

    def __str__(self) -> str:
        return self.name


class ExportRequest(models.Model):
    """Somebody wants a list as a file: asked with a reason, allowed by another person, fetched once (R154, R282).

    `query` holds the desk and its filters as they stood; the file is made when it is fetched and kept nowhere.
    """

    class State(models.TextChoices):
        PENDING = "pending", "待审批"
        APPROVED = "approved", "已同意"
        REJECTED = "rejected", "未同意"
        FETCHED = "fetched", "已下载"

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel 工作簿"
        CSV = "csv", "CSV 文本"

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    requested_by = models.ForeignKey("org.Staff", models.PROTECT, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间")
    desk = models.CharField("列表", max_length=20)
    query = models.JSONField("条件", default=dict)
    reason = models.CharField("用途", max_length=500)
    format = models.CharField("格式", max_length=4, choices=Format.choices, default=Format.XLSX)
    rows = models.PositiveIntegerField("申请时条数")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.PENDING)
    decided_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+", verbose_name="审批人")
    decided_at = models.DateTimeField("审批时间", null=True)
    decision = models.CharField("审批意见", max_length=500, blank=True)
    expires_at = models.DateTimeField("下载期限", null=True)
    fetched_at = models.DateTimeField("下载时间", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["centre", "state", "-id"], name="export_desk")]
