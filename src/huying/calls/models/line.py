from django.contrib.postgres.fields import ArrayField
from django.db import models

from huying.citizens.fields import SecretText


class Trunk(models.Model):
    """A carrier's line (R199). It belongs to the node, not to one tenant; `centre` is who looks after it."""

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+", verbose_name="维护中心")
    name = models.SlugField("名称", max_length=30, unique=True)
    match = ArrayField(models.CharField(max_length=60), default=list, verbose_name="对端地址")
    contact = models.CharField("外呼地址", max_length=80, blank=True)
    codecs = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name="编解码")
    lines = models.PositiveIntegerField("线路数", default=60)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CalledNumber(models.Model):
    """A number that citizens dial: 12345, a merged old hotline, a district's representative number (R202, rules.md D1)."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="called_numbers", verbose_name="运营中心")
    number = models.CharField("被叫号码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=40)
    flow = models.ForeignKey("calls.Flow", models.SET_NULL, null=True, blank=True, related_name="numbers", verbose_name="语音流程")
    group = models.ForeignKey("calls.SkillGroup", models.PROTECT, related_name="numbers", verbose_name="默认技能组")
    greeting = models.ForeignKey("calls.Prompt", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="专用问候语")
    is_outgoing = models.BooleanField("作为本中心外呼主叫", default=False)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["centre"], condition=models.Q(is_outgoing=True), name="one_outgoing_number")
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"


class Phone(models.Model):
    """A seat's telephone: in the browser or on the desk (R201)."""

    class Kind(models.TextChoices):
        WEBRTC = "webrtc", "浏览器话机"
        SIP = "sip", "SIP 话机"
        CITIZEN = "citizen", "市民电话（演示）"

    class Answering(models.TextChoices):
        """How a SIP telephone is answered: no two makes agree, so it is said for each."""

        HAND = "hand", "拿起话机接听"
        AUTO = "auto", "话机自动接听"
        REMOTE = "remote", "话务条遥控接听"

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="phones", verbose_name="运营中心")
    extension = models.CharField("分机号", max_length=8, unique=True)
    kind = models.CharField("类型", max_length=8, choices=Kind.choices, default=Kind.WEBRTC)
    answering = models.CharField("接听方式", max_length=8, choices=Answering.choices, default=Answering.HAND)
    password = SecretText("话机口令", default="")
    place = models.CharField("座席位置", max_length=40, blank=True)
    owner = models.ForeignKey("org.Staff", models.SET_NULL, null=True, blank=True, related_name="phones", verbose_name="固定使用人")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["extension"]

    def __str__(self) -> str:
        return self.extension

    @property
    def answers(self) -> str:
        """How a call is answered here; "" where the telephone is a window and has a key for it."""
        return self.answering if self.kind == Phone.Kind.SIP else ""


class OtherDesk(models.Model):
    """Another hotline reached by one key: 110, 119, 120, 122, 12315, 12328, 12366 … (R228, rules.md D9); or a voice robot (R227)."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="other_desks", verbose_name="运营中心")
    code = models.SlugField("代码", max_length=20)
    name = models.CharField("名称", max_length=40)
    number = models.CharField("号码", max_length=20)
    trunk = models.ForeignKey("calls.Trunk", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="中继")
    order = models.PositiveSmallIntegerField("次序", default=10)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="other_desk_once")]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"
