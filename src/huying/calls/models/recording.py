from django.db import models


class Recording(models.Model):
    """What was said in a call, sealed with the key ring (R217). `digest`: SHA-256 of the sealed file, `peaks`: for the waveform."""

    class State(models.TextChoices):
        WAITING = "waiting", "待封存"
        SEALED = "sealed", "已封存"
        MISSING = "missing", "缺失"
        EXPIRED = "expired", "已到期清除"

    class Why(models.TextChoices):
        """What became of one that is missing, for whoever looks for it."""

        NO_FILE = "no_file", "没有找到录音文件"
        EMPTY = "empty", "录音文件里没有声音，电话交换机在声音写入之前中断"
        DAMAGED = "damaged", "录音文件已损坏，无法读取"

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    call = models.ForeignKey("calls.Call", models.CASCADE, related_name="recordings")
    name = models.CharField(max_length=80)  # the wav's name in the switch's spool
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    why = models.CharField("缺失原因", max_length=10, choices=Why.choices, blank=True)
    path = models.CharField(max_length=120, blank=True)  # below HUYING_DATA/recordings
    digest = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    begun_at = models.DateTimeField(null=True)
    duration_ms = models.PositiveBigIntegerField("时长（毫秒）", default=0)
    peaks = models.JSONField(default=list)
    kept_until = models.DateField("保存到", null=True)
    held_at = models.DateTimeField("长期保存自", null=True)  # as evidence: not removed while it is set, whatever `kept_until` says
    held_by = models.ForeignKey("org.Staff", models.SET_NULL, null=True, related_name="+")
    held_why = models.CharField("长期保存原因", max_length=300, blank=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "name"], name="recording_once")]
        indexes = [
            models.Index(fields=["state"], condition=models.Q(state="waiting"), name="recording_waiting"),
            models.Index(fields=["why"], condition=models.Q(state="missing"), name="recording_missing"),
        ]
