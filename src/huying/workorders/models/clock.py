from django.db import models
from django.db.models import Q


class Clock(models.Model):
    """One running deadline of an order. `wake_at` is the next moment somebody has to look at it; one index serves all.

    `moves` is what has happened to the due time since (`kernel.deadline.Move`), so that it can be counted again.
    The term, the calendar's data and the pack are those in force when it started; a later change touches no old clock.
    """

    class Kind(models.TextChoices):
        REVIEW = "review", "审核"
        SIGN = "sign", "签收"
        HANDLE = "handle", "办理"
        ANSWER = "answer", "回复市民"
        FOLLOW_UP = "follow_up", "回访"

    class State(models.TextChoices):
        RUNNING = "running", "计时中"
        PAUSED = "paused", "已暂停"
        MET = "met", "按时"
        MISSED = "missed", "超时"
        CANCELLED = "cancelled", "已取消"

    tenant_column = "centre_id"

    order = models.ForeignKey("workorders.WorkOrder", models.CASCADE, related_name="clocks")
    assignment = models.ForeignKey("workorders.Assignment", models.CASCADE, null=True, related_name="clocks")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    calendar = models.ForeignKey("org.Calendar", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    term = models.JSONField()
    moves = models.JSONField(default=list)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    overdue_noted = models.BooleanField(default=False)
    wake_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["wake_at"], name="clock_wake", condition=Q(wake_at__isnull=False))]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "assignment", "kind"], name="one_live_clock", nulls_distinct=False,
                condition=Q(state__in=["running", "paused"]),
            )
        ]
