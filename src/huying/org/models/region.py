from django.db import models


class Region(models.Model):
    """An administrative division; the code is the public one (6, 9 or 12 digits) and the key (R178)."""

    class Level(models.IntegerChoices):
        CITY = 1, "市"
        DISTRICT = 2, "区县"
        STREET = 3, "街道乡镇"
        COMMUNITY = 4, "社区村"

    code = models.CharField("代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    full_name = models.CharField("全称", max_length=200)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
