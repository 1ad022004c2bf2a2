from django.contrib.postgres.fields import ArrayField
from django.db import models


class RouteRule(models.Model):
    """Whose calls go where (R202, R203): the first rule that fits, by `order`. An empty condition fits everybody.

    The rule sends a caller to `group` (perhaps another centre's), to one `desk` person first, or into another `flow`.
    """

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="route_rules", verbose_name="运营中心")
    name = models.CharField("名称", max_length=60)
    order = models.PositiveSmallIntegerField("次序", default=100)
    called = models.ForeignKey("calls.CalledNumber", models.CASCADE, null=True, blank=True, related_name="rules", verbose_name="被叫号码")
    caller_list = models.ForeignKey(
        "calls.CallerList", models.CASCADE, null=True, blank=True, related_name="rules", verbose_name="来电名单"
    )
    labels = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="诉求人标签")
    prefixes = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name="主叫属地（号段）")
    hours_from = models.TimeField("起", null=True, blank=True)
    hours_to = models.TimeField("止", null=True, blank=True)
    group = models.ForeignKey("calls.SkillGroup", models.CASCADE, null=True, blank=True, related_name="rules", verbose_name="技能组")
    desk = models.ForeignKey("org.Staff", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="专席")
    flow = models.ForeignKey("calls.Flow", models.SET_NULL, null=True, blank=True, related_name="rules", verbose_name="语音流程")
    priority = models.PositiveSmallIntegerField("排队优先（0-10）", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["centre_id", "order", "id"]

    def __str__(self) -> str:
        return self.name
