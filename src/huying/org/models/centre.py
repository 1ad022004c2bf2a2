from django.db import models

from huying.audit.models import Chained
from huying.org.models.tree import Tree

NUMBER_PATTERN = "{region:6}{channel:2}{date:%Y%m%d}{serial:5}{check:1}"


class Centre(Tree, Chained):
    """An operating centre (运营中心/分平台), the tenant: province, city, county or township (R030, R074).

    Its chain of events holds every change to its units, staff, roles and calendars.
    """

    stream = "centre"
    noun = "运营中心"

    class Level(models.TextChoices):
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"
        TOWNSHIP = "township", "乡级"

    code = models.CharField("编码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=80)
    level = models.CharField("层级", max_length=10, choices=Level.choices, default=Level.CITY)
    region = models.ForeignKey("org.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区划")
    calendar = models.ForeignKey("org.Calendar", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="工作日历")
    number_pattern = models.CharField("工单编号规则", max_length=120, default=NUMBER_PATTERN)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name
