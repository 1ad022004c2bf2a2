from django.db import models


class StaffMessage(models.Model):
    """A short message between people at work, with the moment it was read (R212)."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    sender = models.ForeignKey("org.Staff", models.PROTECT, related_name="+")
    receiver = models.ForeignKey("org.Staff", models.PROTECT, related_name="+")
    text = models.CharField("内容", max_length=500)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-sent_at", "-id"]
        indexes = [models.Index(fields=["receiver", "-sent_at"], name="staff_message_to")]


class HelpRequest(models.Model):
    """An agent asks the shift leader for help in the middle of a call; done when settled or when that call is over."""

    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    session = models.ForeignKey("calls.SeatSession", models.CASCADE, related_name="help_requests")
    call = models.ForeignKey("calls.Call", models.SET_NULL, null=True, related_name="+")
    note = models.CharField("说明", max_length=200, blank=True)
    asked_at = models.DateTimeField()
    taken_by = models.ForeignKey("org.Staff", models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]


class ShiftNote(models.Model):
    """A line in the shift log, written by a person or by the system (R222)."""

    append_only = True
    tenant_column = "centre_id"

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    at = models.DateTimeField()
    staff = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, default="note")  # note, alarm, surge, forced, help …
    text = models.CharField("内容", max_length=500)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["centre", "-at"], name="shift_log")]
