from typing import Any

from django.db import models

from huying.calls.catalog import OUTCOME_LABELS, Outcome
from huying.citizens.fields import SecretText
from huying.kernel import masking


class SwitchRecord(models.Model):
    """One record of the switch's own log of channel events, as it came; `body` is sealed JSON (it holds numbers).

    `key` is a digest of what makes a record itself, so the same record heard twice (live, then from the file) is one row.
    """

    append_only = True

    key = models.BinaryField(max_length=16, unique=True)
    linkedid = models.CharField(max_length=60)
    uniqueid = models.CharField(max_length=60, default="")  # of the channel: by it the parts of a call find each other
    bridge = models.CharField(max_length=60, default="")  # entered or left: who meets in one is in the same call
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    body = SecretText(default="")

    class Meta:
        indexes = [
            models.Index(fields=["linkedid"], name="switch_record_call"),
            models.Index(fields=["uniqueid"], name="switch_record_channel"),
            models.Index(fields=["bridge"], name="switch_record_bridge", condition=~models.Q(bridge="")),
            models.Index(fields=["at"], name="switch_record_at"),
        ]


class Call(models.Model):
    """One call of one citizen, however often it rings, moves or is transferred (kpi.md C9); legs hang below it.

    All moments come from `rules.fold` over the switch's records, in milliseconds; durations are milliseconds too.
    `human_at`: asked for a person; `queued_at`: entered the first queue; `answered_at`: first agent answered.
    """

    class Direction(models.TextChoices):
        IN = "in", "呼入"
        OUT = "out", "呼出"
        INTERNAL = "internal", "内部"

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="calls")
    linkedid = models.CharField(max_length=60, unique=True)
    node = models.CharField("节点", max_length=16, default="", blank=True)  # of the switch; "" of an imported call
    direction = models.CharField("方向", max_length=8, choices=Direction.choices, default=Direction.IN)
    called = models.CharField("被叫号码", max_length=32, blank=True)
    number = SecretText("对方号码", default="")
    number_hash = models.BinaryField(max_length=32, default=b"")
    caller = models.ForeignKey("citizens.Caller", models.SET_NULL, null=True, related_name="calls")
    flow = models.CharField("语音流程", max_length=20, blank=True)
    group = models.ForeignKey("calls.SkillGroup", models.SET_NULL, null=True, related_name="calls")
    agent = models.ForeignKey("org.Staff", models.SET_NULL, null=True, related_name="calls")  # who answered first
    agent_seat = models.CharField("接听分机", max_length=20, blank=True)  # of `agent`, and of one without an account here
    last_agent = models.ForeignKey("org.Staff", models.SET_NULL, null=True, related_name="+")

    entered_at = models.DateTimeField("进入时刻")
    human_at = models.DateTimeField("请求人工时刻", null=True)
    queued_at = models.DateTimeField("入队时刻", null=True)
    offered_at = models.DateTimeField("首次振铃时刻", null=True)
    answered_at = models.DateTimeField("应答时刻", null=True)
    ended_at = models.DateTimeField("结束时刻", null=True)
    outcome = models.CharField("结果", max_length=16, choices=OUTCOME_LABELS.items(), default=Outcome.GOING_ON)
    ended_by = models.CharField("释放方", max_length=10, blank=True)  # caller, agent, system
    cause = models.PositiveSmallIntegerField("原因码", default=0)  # Q.850
    cause_text = models.CharField("原因", max_length=80, blank=True)
    talk_ms = models.PositiveBigIntegerField("通话时长", default=0)
    hold_ms = models.PositiveBigIntegerField("保持时长", default=0)
    wrap_ms = models.PositiveBigIntegerField("话后处理时长", default=0)
    offers = models.PositiveSmallIntegerField("振铃次数", default=0)
    transfers = models.PositiveSmallIntegerField("转接次数", default=0)
    conferences = models.PositiveSmallIntegerField("三方次数", default=0)
    invited_at = models.DateTimeField("邀评时刻", null=True)
    rating = models.PositiveSmallIntegerField("按键评价", null=True)
    rated_at = models.DateTimeField(null=True)
    not_invited = models.CharField("未邀评原因", max_length=20, blank=True)  # caller_left, blocked, outgoing …
    was_listed = models.BooleanField("命中拦截名单", default=False)
    is_test = models.BooleanField("测试呼叫", default=False)
    milestones = models.JSONField(default=list)  # [{"at": ISO with ms, "kind": …, …}] in order, nothing secret in it
    source = models.CharField(max_length=20, default="switch")  # or the name of an imported log
    version = models.PositiveIntegerField(default=0)  # of the fold that wrote the row

    class Meta:
        ordering = ["-entered_at", "-id"]
        indexes = [
            models.Index(fields=["centre", "-entered_at", "-id"], name="call_centre"),
            models.Index(fields=["number_hash", "-entered_at"], name="call_number"),
            models.Index(fields=["agent", "-entered_at"], name="call_agent"),
            models.Index(fields=["centre"], condition=models.Q(ended_at__isnull=True), name="call_open"),
        ]

    def __str__(self) -> str:
        return f"通话 {self.pk}"

    @property
    def outcome_label(self) -> str:
        return OUTCOME_LABELS[Outcome(self.outcome)]

    @property
    def masked_number(self) -> str:
        return masking.mask_phone(self.number)

    def wait_ms(self, since: str = "queued_at") -> int | None:
        """Milliseconds from `since` until answered, else until the end; None while neither is known."""
        begun: Any = getattr(self, since)
        until = self.answered_at or self.ended_at
        return round((until - begun).total_seconds() * 1000) if begun and until else None


class Leg(models.Model):
    """One telephone or outside line that took part, or was rung, in a call."""

    class Role(models.TextChoices):
        AGENT = "agent", "坐席"
        CONSULT = "consult", "咨询"
        OUTSIDE = "outside", "外线"
        MONITOR = "monitor", "监听"

    class Result(models.TextChoices):
        RINGING = "ringing", "振铃中"
        TALKING = "talking", "通话中"
        ANSWERED = "answered", "已接听"
        MISSED = "missed", "未接"
        REFUSED = "refused", "拒接"
        CANCELLED = "cancelled", "已取消"
        FAILED = "failed", "呼叫失败"

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    call = models.ForeignKey(Call, models.CASCADE, related_name="legs")
    uniqueid = models.CharField(max_length=60)
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.AGENT)
    staff = models.ForeignKey("org.Staff", models.SET_NULL, null=True, related_name="legs")
    extension = models.CharField("分机", max_length=20, blank=True)
    number = SecretText("外线号码", default="")
    desk = models.CharField("其他热线", max_length=20, blank=True)
    queue = models.CharField(max_length=20, blank=True)
    offered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.RINGING)
    talk_ms = models.PositiveBigIntegerField(default=0)
    wrap_ms = models.PositiveBigIntegerField(default=0)
    cause = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["offered_at", "id"]
        indexes = [models.Index(fields=["staff", "-offered_at"], name="leg_staff")]
        constraints = [models.UniqueConstraint(fields=["call", "uniqueid"], name="leg_once")]
