from django.db import models

from huying.citizens.fields import SecretText
from huying.kernel import masking


class CallBack(models.Model):
    """Somebody is to be called back: missed, asked for in the queue, or a message left (R042, R223, rules.md D6).

    One open row per number and centre; further calls of the same number are counted on it.
    """

    class Kind(models.TextChoices):
        MISSED = "missed", "未接来电"
        REQUESTED = "requested", "预约回拨"
        VOICEMAIL = "voicemail", "语音留言"

    class State(models.TextChoices):
        WAITING = "waiting", "待回拨"
        DIALLING = "dialling", "正在回拨"
        DONE = "done", "已回拨"
        UNREACHED = "unreached", "多次未接通"
        NOT_NEEDED = "not_needed", "来电人已再次来电"

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    call = models.ForeignKey("calls.Call", models.PROTECT, related_name="call_backs")  # the first that caused it
    group = models.ForeignKey("calls.SkillGroup", models.SET_NULL, null=True, related_name="+")
    number = SecretText("号码", default="")
    number_hash = models.BinaryField(max_length=32)
    voicemail = models.ForeignKey("calls.Recording", models.SET_NULL, null=True, related_name="+")
    times = models.PositiveSmallIntegerField("来电次数", default=1)
    place_at = models.DateTimeField("排队时刻")  # the place that is kept: when the caller had entered the queue
    attempts = models.PositiveSmallIntegerField("已拨次数", default=0)
    next_at = models.DateTimeField("不早于", null=True)  # another try makes sense from then on
    tries = models.JSONField(default=list)  # [{"at": ISO, "staff": pk, "result": "" | answered | no_answer | failed, "command": pk}]
    taken_by = models.ForeignKey("org.Staff", models.SET_NULL, null=True, related_name="+")
    result_call = models.ForeignKey("calls.Call", models.SET_NULL, null=True, related_name="+")
    note = models.CharField("备注", max_length=200, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["place_at", "id"]
        indexes = [models.Index(fields=["centre", "state", "place_at"], name="call_back_pool")]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "number_hash"], condition=models.Q(state__in=["waiting", "dialling"]), name="call_back_once"
            )
        ]

    @property
    def masked_number(self) -> str:
        return masking.mask_phone(self.number)
