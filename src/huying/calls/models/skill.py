from django.db import models


class SkillGroup(models.Model):
    """A queue of callers and the people who serve it (R208, R219)."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="skill_groups", verbose_name="运营中心")
    code = models.SlugField("代码", max_length=20)
    name = models.CharField("名称", max_length=40)
    strategy = models.CharField(
        "分配方式", max_length=12, default="fewestcalls",
        choices=[("rrmemory", "轮流"), ("leastrecent", "空闲最久"), ("fewestcalls", "接听最少"), ("random", "随机"), ("ringall", "齐振")],
    )
    ring_seconds = models.PositiveSmallIntegerField("每席振铃（秒）", default=15)
    most_wait = models.PositiveSmallIntegerField("最长等待（秒）", default=120)
    overflow = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="溢出到")
    weight = models.PositiveSmallIntegerField("优先级", default=0)
    announces = models.BooleanField("播报排队位次与预计等待", default=True)
    offers_call_back = models.BooleanField("可预约回拨", default=True)
    offers_voicemail = models.BooleanField("可留言", default=True)
    wrap_seconds = models.PositiveSmallIntegerField("话后处理上限（秒，0 为不限）", default=180)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["centre_id", "code"]
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="skill_group_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def queue(self) -> str:
        """Its name in the switch."""
        return f"q{self.pk}"


class Skill(models.Model):
    """One person's level in one group: 1 is asked first, 9 last."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    staff = models.ForeignKey("org.Staff", models.CASCADE, related_name="skills", verbose_name="人员")
    group = models.ForeignKey(SkillGroup, models.CASCADE, related_name="skills", verbose_name="技能组")
    level = models.PositiveSmallIntegerField("级别", default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "group"], name="skill_once")]
