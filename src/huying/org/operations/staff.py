"""Accounts: opened, changed, handed over and closed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import ApiToken, Centre, Employer, Role, Staff, Unit
from huying.org.operations.history import differences, record
from huying.org.operations.obligations import Owed, owed_by
from huying.org.operations.passwords import random_password
from huying.org.operations.sessions import end_sessions_of
from huying.org.policies import Actor
from huying.org.policies.manage import Yourself, assignable, check_over, employers_for


class BadStaff(Refusal):
    code = "bad_staff"
    message = "人员信息有误"


class StillHolding(Refusal):
    """`owed`: what must be handed over first (R164)."""

    code = "still_holding"

    def __init__(self, owed: list[Owed]) -> None:
        self.owed = owed
        counts = "、".join(f"{each.label} {len(each.duties)} 件" for each in owed)
        super().__init__(f"该人员名下还有未移交的工作（{counts}），请选择接手人")


@dataclass(frozen=True)
class Person:
    """What an account says of its person; `roles` are of the person's centre."""

    name: str
    employer: str
    number: str = ""
    unit: Unit | None = None
    roles: Iterable[Role] = field(default_factory=tuple)
    needs_second_factor: bool = False
    confidentiality_signed_on: date | None = None
    trained_on: date | None = None


def create_staff(actor: Actor, centre: Centre, username: str, person: Person) -> tuple[Staff, str]:
    """A new account and its first password, shown once and to be changed at the first sign-in. Raises BadStaff."""
    _check(actor, centre, person, before=None)
    password = random_password()
    staff = Staff(username=username, centre=centre, must_change_password=True)
    _fill(staff, person)
    staff.set_password(password)
    try:
        with transaction.atomic():
            staff.save(force_insert=True)
            staff.roles.set(person.roles)
            record(centre.pk, "staff.create", actor, staff=staff.pk, username=username, **_facts(staff))
    except IntegrityError as error:
        raise BadStaff(fields={"username": "用户名已被使用，请换一个"}) from error
    return staff, password


def edit_staff(actor: Actor, staff: Staff, person: Person) -> Staff:
    """Change an account. Raises BadStaff, AboveYou, Yourself (one's own roles and employer)."""
    with transaction.atomic():
        staff = Staff.objects.select_for_update().get(pk=staff.pk)
        check_over(actor, staff)
        before = _facts(staff)
        if actor.staff_id == staff.pk and (person.employer != staff.employer or _codes(person.roles) != before["roles"]):
            raise Yourself("不能修改自己的角色和身份，请由其他管理员办理")
        _check(actor, staff.centre, person, before=staff)
        _fill(staff, person)
        staff.save()
        staff.roles.set(person.roles)
        if changes := differences(before, _facts(staff)):
            record(staff.centre_id, "staff.edit", actor, staff=staff.pk, username=staff.username, changes=changes)
    return staff


def disable_staff(actor: Actor, staff: Staff, *, reason: str, successor: Staff | None = None) -> int:
    """Close an account: out at once, tokens revoked. Returns how many pieces of work went to `successor`.

    Raises Yourself, AboveYou, StillHolding (open work and no successor, or some of it could not be handed over).
    """
    if actor.staff_id == staff.pk:
        raise Yourself("不能停用自己的账号，请由其他管理员办理")
    with transaction.atomic():
        staff = Staff.objects.select_for_update().get(pk=staff.pk)  # whoever now gives it work waits, then finds it closed
        check_over(actor, staff)
        moved = _hand_over(actor, staff, successor)
        staff.is_active = False
        staff.save(update_fields=["is_active"])
        end_sessions_of(staff, by=f"{actor.name}停用账号")
        ApiToken.objects.filter(staff=staff, revoked_at=None).update(revoked_at=clock.now())
        record(
            staff.centre_id, "staff.disable", actor, reason=reason, staff=staff.pk, username=staff.username,
            handed_over=moved, successor=successor.username if successor else "",
        )
    return moved


def enable_staff(actor: Actor, staff: Staff, *, reason: str = "") -> None:
    """Open the account again; its tokens stay revoked, the password must be changed. Raises AboveYou."""
    check_over(actor, staff)
    with transaction.atomic():
        Staff.objects.filter(pk=staff.pk).update(is_active=True, must_change_password=True)
        record(staff.centre_id, "staff.enable", actor, reason=reason, staff=staff.pk, username=staff.username)


def _hand_over(actor: Actor, staff: Staff, successor: Staff | None) -> int:
    owed = owed_by(staff)
    if not owed:
        return 0
    if successor is None:
        raise StillHolding(owed)
    if successor.pk == staff.pk or not successor.is_active or successor.centre_id != staff.centre_id:
        raise BadStaff(fields={"successor": "接手人须是本中心另一位在用人员"})
    moved = sum(each.obligation.hand_over(staff, successor, actor) for each in owed)
    if left := owed_by(staff):
        raise StillHolding(left)
    return moved


def _check(actor: Actor, centre: Centre, person: Person, *, before: Staff | None) -> None:
    wrong: dict[str, str] = {}
    if (person.employer == Employer.UNIT) != (person.unit is not None):
        wrong["unit"] = "承办单位的人员须选择单位，热线机构和承包方的人员不选"
    elif person.unit and (person.unit.centre_id != centre.pk or not person.unit.is_active):
        wrong["unit"] = "请选择本中心在用的单位"
    elif actor.staff and actor.staff.unit and not (person.unit and actor.staff.unit.holds(person.unit)):
        wrong["unit"] = "只能选择本单位及下级单位"
    if person.employer not in employers_for(actor):
        wrong["employer"] = "您不能开设这类身份的账号"
    had = set(before.roles.all()) if before else set()
    wanted = set(person.roles)
    if any(role.centre_id != centre.pk for role in wanted):
        wrong["roles"] = "只能选择本中心的角色"
    elif len(assignable(actor, wanted ^ had)) < len(wanted ^ had):
        wrong["roles"] = "不能授予或收回含有您自己没有的权限的角色"
    if wrong:
        raise BadStaff(fields=wrong)


def _fill(staff: Staff, person: Person) -> None:
    staff.name, staff.number, staff.employer, staff.unit = person.name, person.number, person.employer, person.unit
    staff.needs_second_factor = person.needs_second_factor
    staff.confidentiality_signed_on, staff.trained_on = person.confidentiality_signed_on, person.trained_on


def _codes(roles: Iterable[Role]) -> list[str]:
    return sorted(role.code for role in roles)


def _facts(staff: Staff) -> dict[str, Any]:
    signed, trained = staff.confidentiality_signed_on, staff.trained_on
    return {
        "name": staff.name, "number": staff.number, "employer": str(staff.employer), "unit": staff.unit_id,
        "needs_second_factor": staff.needs_second_factor, "confidentiality_signed_on": signed and signed.isoformat(),
        "trained_on": trained and trained.isoformat(),
        "roles": _codes(staff.roles.all()),
    }
