from django.db import models

from huying.citizens.fields import SecretText


class Command(models.Model):
    """Something a person asks of the switch; the gateway carries it out and writes what came of it.

    `about` holds the arguments (never a citizen's number in the clear: those go by `secret`).
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        EXPIRED = "expired"

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    staff = models.ForeignKey("org.Staff", models.SET_NULL, null=True, related_name="+")
    session = models.ForeignKey("calls.SeatSession", models.SET_NULL, null=True, related_name="+")
    call = models.ForeignKey("calls.Call", models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=20)  # hangup, hold, resume, blind, consult, complete, cancel, conference, dial, spy …
    about = models.JSONField(default=dict)
    secret = SecretText(default="")  # an outside number
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    code = models.CharField(max_length=30, blank=True)  # of the refusal
    said = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    request_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(state="waiting"), name="command_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "kind", "request_id"], condition=~models.Q(request_id=""), name="command_once"
            )
        ]
