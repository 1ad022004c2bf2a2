from django.db import models

from huying.calls.catalog import AGENT_STATE_LABELS, BUSY_REASONS, AgentState


class SeatSession(models.Model):
    """One person at one telephone, from signing in to signing out (R209). Open while `ended_at` is null.

    `state`, `state_since`, `reason` mirror the newest `SeatState`; `call` is the call in hand.
    """

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    staff = models.ForeignKey("org.Staff", models.PROTECT, related_name="seat_sessions")
    phone = models.ForeignKey("calls.Phone", models.PROTECT, related_name="sessions")
    groups = models.JSONField(default=dict)  # {"<group pk>": level} as signed in with
    state = models.CharField(max_length=10, default=AgentState.BUSY, choices=AGENT_STATE_LABELS.items())
    state_since = models.DateTimeField()
    reason = models.CharField(max_length=20, blank=True)
    call = models.ForeignKey("calls.Call", models.SET_NULL, null=True, related_name="+")
    next_state = models.CharField(max_length=10, blank=True)  # asked for in a call: after it, or (forced busy) its work
    next_reason = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["centre", "-started_at"], name="seat_centre")]
        constraints = [
            models.UniqueConstraint(fields=["staff"], condition=models.Q(ended_at__isnull=True), name="one_seat_per_person"),
            models.UniqueConstraint(fields=["phone"], condition=models.Q(ended_at__isnull=True), name="one_person_per_seat"),
        ]

    @property
    def state_label(self) -> str:
        return AGENT_STATE_LABELS[AgentState(self.state)]

    @property
    def reason_label(self) -> str:
        return BUSY_REASONS.get(self.reason, self.reason)


class SeatState(models.Model):
    """An interval of one state; the intervals of a session join without gap or overlap (R222)."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    session = models.ForeignKey(SeatSession, models.CASCADE, related_name="states")
    staff = models.ForeignKey("org.Staff", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=AGENT_STATE_LABELS.items())
    reason = models.CharField(max_length=20, blank=True)
    call = models.ForeignKey("calls.Call", models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    event = models.CharField(max_length=30)  # what led here: "sign_in", "answered", "forced by leader1" …

    class Meta:
        ordering = ["begun_at", "id"]
        indexes = [
            models.Index(fields=["staff", "begun_at"], name="state_staff"),
            models.Index(fields=["centre", "begun_at"], name="state_centre"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=models.Q(ended_at__isnull=True), name="one_state_at_a_time")
        ]


class SeatPeriod(models.Model):
    """How many seats must be signed in and able to serve, by hour of the week (R115)."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="seat_periods", verbose_name="运营中心")
    name = models.CharField("名称", max_length=40)
    weekdays = models.CharField("星期（1-7）", max_length=7, default="1234567")
    begins = models.TimeField("起")
    ends = models.TimeField("止")
    least = models.PositiveSmallIntegerField("最少在线席数")

    class Meta:
        ordering = ["begins"]

    @property
    def weekdays_in_words(self) -> str:
        """周一、周二 …; 每天."""
        named = [f"周{day}" for number, day in zip("1234567", "一二三四五六日", strict=True) if number in self.weekdays]
        return "每天" if len(named) == 7 else "、".join(named)
