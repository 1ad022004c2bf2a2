from functools import cached_property
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from huying.org.models.centre import Centre
from huying.org.models.role import Role


class Employer(models.TextChoices):
    """Who pays a person. A contractor's account may not decide duty nor approve closing (rules.md D7)."""

    GOVERNMENT = "government", "采购人（热线机构）"
    CONTRACTOR = "contractor", "运营承包方"
    UNIT = "unit", "承办单位"


class StaffManager(BaseUserManager["Staff"]):
    def get_by_natural_key(self, username: str | None) -> "Staff":
        return self.get(username=username)


class Staff(AbstractBaseUser):
    """One account of one person. It belongs to a centre and, where it is a handling unit's, to that unit."""

    username = models.CharField("用户名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=40)
    number = models.CharField("工号", max_length=20, blank=True)
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="staff", verbose_name="运营中心")
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, blank=True, related_name="staff", verbose_name="承办单位")
    employer = models.CharField("身份", max_length=12, choices=Employer.choices, default=Employer.CONTRACTOR)
    roles = models.ManyToManyField(Role, blank=True, related_name="staff", verbose_name="角色")
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    needs_second_factor = models.BooleanField("须二次验证", default=False)
    confidentiality_signed_on = models.DateField("保密承诺书签署日", null=True, blank=True)
    trained_on = models.DateField("上岗培训合格日", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[StaffManager] = StaffManager()
    USERNAME_FIELD = "username"

    class Meta:
        ordering = ["centre_id", "username"]
        verbose_name = "人员"

    def __str__(self) -> str:
        return f"{self.name}（{self.username}）"

    @cached_property
    def permissions(self) -> frozenset[str]:
        """Permission codes of all roles together."""
        return frozenset(code for role in self.roles.all() for code in role.permissions)

    @cached_property
    def own_centres(self) -> list[int]:
        """Ids of this person's centre and of those below it."""
        return list(Centre.objects.filter(path__startswith=self.centre.path).values_list("pk", flat=True))
