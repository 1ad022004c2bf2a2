from django.db import models

from huying.org.models.tree import Tree


class Unit(Tree):
    """A handling unit (承办单位) or one of its sub-units, to any depth; it belongs to one centre (R288)."""

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="units", verbose_name="运营中心")
    code = models.CharField("编码", max_length=40)
    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=20, blank=True)
    region = models.ForeignKey("org.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区划")
    calendar = models.ForeignKey("org.Calendar", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="工作日历")
    duties = models.TextField("职责", blank=True)
    phone = models.CharField("值班电话", max_length=40, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="unit_code_once_per_centre")]

    def __str__(self) -> str:
        return self.name
