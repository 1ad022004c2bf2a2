from django.db import models


class Attachment(models.Model):
    """A file of an order, kept under its digest; type judged by content, never by name."""

    class Purpose(models.TextChoices):
        APPEAL = "appeal", "诉求材料"
        SUPPLEMENT = "supplement", "补充材料"
        PROOF = "proof", "核实证明"
        EVIDENCE = "evidence", "申请依据"
        REPLY = "reply", "答复附件"

    tenant_column = "centre_id"

    order = models.ForeignKey("workorders.WorkOrder", models.CASCADE, null=True, related_name="attachments")
    draft = models.ForeignKey("workorders.Draft", models.CASCADE, null=True, related_name="attachments")
    verification = models.ForeignKey("workorders.Verification", models.CASCADE, null=True, related_name="proofs")
    application = models.ForeignKey("workorders.Application", models.CASCADE, null=True, related_name="evidence")
    assignment = models.ForeignKey("workorders.Assignment", models.SET_NULL, null=True, related_name="files")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    purpose = models.CharField("用途", max_length=12, choices=Purpose.choices)
    name = models.CharField("文件名", max_length=200)
    media_type = models.CharField("类型", max_length=80)
    size = models.PositiveIntegerField("字节")
    digest = models.CharField("摘要值", max_length=64)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
