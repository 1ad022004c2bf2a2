from django.db import models


class Prompt(models.Model):
    """Something the switch can say: read by the machine from `text`, or an uploaded recording (R204).

    `sound` is its name under the switch's sound folder, without suffix; `digest` of the wav that stands there.
    """

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="prompts", verbose_name="运营中心")
    code = models.SlugField("代码", max_length=40)
    name = models.CharField("名称", max_length=60)
    text = models.TextField("文字", blank=True)
    is_recorded = models.BooleanField("使用上传录音", default=False)
    digest = models.CharField(max_length=64, blank=True)
    duration_ms = models.PositiveIntegerField("时长（毫秒）", default=0)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="prompt_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def sound(self) -> str:
        return f"c{self.centre_id}/{self.code}"


class PromptSound(models.Model):
    """The uploaded recording of a prompt, as the switch plays it; nodes fetch it from here."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    prompt = models.OneToOneField(Prompt, models.CASCADE, related_name="recording")
    data = models.BinaryField()


class Flow(models.Model):
    """A spoken menu (R042, R204); what callers hear is the version published last."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="flows", verbose_name="运营中心")
    name = models.CharField("名称", max_length=60)
    draft = models.JSONField("编辑稿", default=dict)
    published = models.ForeignKey("calls.FlowVersion", models.SET_NULL, null=True, blank=True, related_name="+")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["centre_id", "name"]

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """One published state of a flow: {"start": id, "nodes": [{"id", "kind", "options", "exits", "x", "y"}]}. Never changed."""

    append_only = True
    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    flow = models.ForeignKey(Flow, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本")
    graph = models.JSONField()
    note = models.CharField("说明", max_length=200, blank=True)
    published_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["flow_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["flow", "number"], name="flow_version_once")]

    @property
    def context(self) -> str:
        """The name of its context in the switch."""
        return f"f{self.flow_id}v{self.number}"
