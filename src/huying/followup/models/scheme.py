from django.db import models


class Scheme(models.Model):
    """How a centre counts satisfaction (R054): `weights` per level in hundredths, checked by `rules.parse_scheme`.

    Never edited once made: figures once reported can be counted again. A centre without
    any counts by the nearest above it, else by the shipped one; so there is no wall between tenants here.
    """

    append_only = True

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=40)
    weights = models.JSONField("折算")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["centre", "name"], name="scheme_name_once")]

    def __str__(self) -> str:
        return self.name
