from django.db import models

from huying.audit.models import Chained


class Template(Chained):
    """A centre's own words for a scene, and its switch (R263). Without a row the next centre above counts, then the
    shipped text. Its history is the event stream "template". No wall between tenants: those below inherit and read it.
    """

    stream = "template"
    noun = "短信模板"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    scene = models.CharField("场景", max_length=30)
    text = models.CharField("内容", max_length=300)
    is_on = models.BooleanField("开启", default=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "scene"], name="message_template_once")]

    def __str__(self) -> str:
        return self.scene


class SendingRule(models.Model):
    """How a centre signs its messages and how many a citizen gets at most (R053). Inherited like templates."""

    centre = models.OneToOneField("org.Centre", models.CASCADE, related_name="+")
    signature = models.CharField("签名", max_length=20, default="12345热线")
    per_hour = models.PositiveSmallIntegerField("每号每小时最多", default=6)
    per_day = models.PositiveSmallIntegerField("每号每天最多", default=15)

    def __str__(self) -> str:
        return self.signature
