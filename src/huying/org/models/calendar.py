from django.db import models


class Calendar(models.Model):
    """A working calendar of a centre or unit; `data` is what `kernel.calendar.calendar_from_dict` reads (R116)."""

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="calendars", verbose_name="运营中心")
    name = models.CharField("名称", max_length=60)
    data = models.JSONField("内容", default=dict)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
