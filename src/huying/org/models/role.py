from django.contrib.postgres.fields import ArrayField
from django.db import models


class Role(models.Model):
    """A named, editable set of permissions of one centre. Code never asks for a role, only for a permission."""

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="roles", verbose_name="运营中心")
    code = models.CharField("编码", max_length=40)
    name = models.CharField("名称", max_length=40)
    permissions = ArrayField(models.CharField(max_length=60), default=list, verbose_name="权限")

    class Meta:
        ordering = ["centre_id", "code"]
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="role_code_once_per_centre")]

    def __str__(self) -> str:
        return self.name
