from django.db import models


class RulePack(models.Model):
    """Deadlines and limits as data, in force from a date (rules.md 3.3). Never edited once used: a new row follows.

    `centre` empty: the shipped default. The content is checked by `workorders.rules.parse_pack`.
    """

    centre = models.ForeignKey("org.Centre", models.CASCADE, null=True, blank=True, related_name="packs")
    code = models.CharField("编码", max_length=40)
    name = models.CharField("名称", max_length=60)
    effective_from = models.DateTimeField("生效时间")
    data = models.JSONField("内容")

    class Meta:
        ordering = ["code", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "code", "effective_from"], name="pack_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.effective_from:%Y-%m-%d} 起）"


class OrderTemplate(models.Model):
    """A special service as data: extra fields, clocks, numbering, flow and sign-off level (R041, R099)."""

    centre = models.ForeignKey("org.Centre", models.CASCADE, null=True, blank=True, related_name="templates")
    code = models.CharField("编码", max_length=40)
    name = models.CharField("名称", max_length=60)
    data = models.JSONField("内容")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="template_once", nulls_distinct=False)]

    def __str__(self) -> str:
        return self.name
