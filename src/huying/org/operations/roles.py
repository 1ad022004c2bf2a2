"""Roles: editable sets of permissions of one centre."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from huying.kernel.errors import Refusal
from huying.org.models import Role
from huying.org.operations.history import record
from huying.org.policies import Actor
from huying.org.policies.manage import grantable


class BadRole(Refusal):
    code = "bad_role"
    message = "角色信息有误"


def save_role(actor: Actor, role: Role, permissions: Iterable[str]) -> Role:
    """Create or change a role; only permissions the actor may grant can be put in or taken out. Raises BadRole."""
    with transaction.atomic():
        old = Role.objects.select_for_update().filter(pk=role.pk).first() if role.pk else None
        had, wanted = set(old.permissions if old else ()), set(permissions)
        if refused := (had ^ wanted) - grantable(actor):
            raise BadRole(fields={"permissions": f"不能增减您自己没有的权限（{len(refused)} 项）"})
        role.permissions = sorted(wanted)
        try:
            with transaction.atomic():
                role.save()
        except IntegrityError as error:
            raise BadRole(fields={"code": "本中心已有这个编码，请换一个"}) from error
        if old is None or had != wanted or old.name != role.name:
            kind = "role.edit" if old else "role.create"
            added, removed = sorted(wanted - had), sorted(had - wanted)
            record(role.centre_id, kind, actor, role=role.code, name=role.name, added=added, removed=removed)
    return role


def delete_role(actor: Actor, role: Role) -> None:
    """Remove a role nobody holds. Raises BadRole."""
    with transaction.atomic():
        role = Role.objects.select_for_update().get(pk=role.pk)
        if holders := role.staff.count():
            raise BadRole(f"还有 {holders} 人持有这个角色，请先为他们换成其他角色")
        record(role.centre_id, "role.delete", actor, role=role.code, name=role.name, removed=list(role.permissions))
        role.delete()
