import re

from django.db import models
from django.db.models import Q

from huying.citizens.fields import SecretText
from huying.kernel import masking
from huying.messaging.catalog import CARRIER_LABELS, STATE_LABELS, STATE_TONES, Carrier, State
from huying.messaging.rules import SCENES

_LINK = re.compile(r"(https?://[\w.:-]+)/[\w./?=&%-]+", re.ASCII)


class Message(models.Model):
    """One message to one phone, as it was worded when it was caused (R053, R273).

    `subject_stream`, `subject_id` name what it is about ("order", 17). `receipt` is the gateway's own number for it.
    """

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    scene = models.CharField("场景", max_length=30)
    phone = SecretText("手机号", default="")
    phone_hash = models.BinaryField(max_length=32, default=b"")
    caller = models.ForeignKey("citizens.Caller", models.SET_NULL, null=True, related_name="+")
    carrier = models.CharField("运营商", max_length=10, choices=CARRIER_LABELS.items(), default=Carrier.OTHER)
    text = SecretText("内容", default="")
    segments = models.PositiveSmallIntegerField("条数", default=1)
    subject_stream = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    sent_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+", verbose_name="发送人")

    state = models.CharField("状态", max_length=10, choices=STATE_LABELS.items(), default=State.QUEUED)
    reason = models.CharField("原因", max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    gateway = models.CharField("通道", max_length=30, blank=True)
    receipt = models.CharField("回执号", max_length=80, blank=True)
    created_at = models.DateTimeField("产生时间")
    sent_at = models.DateTimeField("提交时间", null=True)
    done_at = models.DateTimeField("回执时间", null=True)
    polled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_stream", "subject_id"], name="message_subject"),
            models.Index(fields=["phone_hash", "-created_at"], name="message_phone"),
            models.Index(fields=["centre", "-created_at", "-id"], name="message_centre"),
            models.Index(fields=["receipt", "gateway"], name="message_receipt", condition=~Q(receipt="")),
            models.Index(fields=["sent_at"], name="message_awaited", condition=Q(state="sent")),
        ]

    def __str__(self) -> str:
        return f"短信 {self.pk}"

    @property
    def scene_label(self) -> str:
        return SCENES[self.scene].label if self.scene in SCENES else self.scene

    @property
    def state_label(self) -> str:
        return STATE_LABELS[State(self.state)]

    @property
    def tone(self) -> str:
        return STATE_TONES[State(self.state)]

    @property
    def masked_phone(self) -> str:
        return masking.mask_phone(self.phone)

    @property
    def shown_text(self) -> str:
        """The text for a screen: a code or a personal link is nobody's business but the receiver's (whoever has the
        link can rate), nor are numbers inside a text."""
        if self.scene in SCENES and SCENES[self.scene].audience == "code":
            return "（验证码内容不显示）"
        return masking.scrub(_LINK.sub(r"\1/…", self.text))
