"""Who may manage which part of the organisation.

A centre's manager manages the own centre and the centres below it, a handling unit's manager the own unit and the
units below it. Nobody gives away more than he holds (R207, R252).
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from huying.kernel.errors import Refusal
from huying.org.catalog import known_permissions
from huying.org.models import Calendar, Centre, Employer, Role, Staff, Unit
from huying.org.policies.actor import GOVERNMENT_ONLY, Actor


class AboveYou(Refusal):
    code = "above_you"
    message = "该账号的权限高于您，您不能对它进行操作，请联系上级管理员"


class Yourself(Refusal):
    code = "yourself"
    message = "不能对自己的账号进行此操作，请由其他管理员办理"


def managed_centres(actor: Actor) -> QuerySet[Centre]:
    """The own centre and those below it; none for a handling unit's person."""
    if actor.staff is None or actor.staff.unit_id:
        return Centre.objects.none()
    return Centre.objects.filter(path__startswith=actor.staff.centre.path)


def managed_units(actor: Actor) -> QuerySet[Unit]:
    rows = Unit.objects.select_related("centre")
    if actor.staff is None:
        return rows.none()
    if actor.staff.unit:
        return rows.filter(path__startswith=actor.staff.unit.path)
    return rows.filter(centre__path__startswith=actor.staff.centre.path)


def managed_staff(actor: Actor) -> QuerySet[Staff]:
    rows = Staff.objects.select_related("centre", "unit")
    if actor.staff is None:
        return rows.none()
    if actor.staff.unit:
        return rows.filter(unit__path__startswith=actor.staff.unit.path)
    return rows.filter(centre__path__startswith=actor.staff.centre.path)


def managed_roles(actor: Actor) -> QuerySet[Role]:
    return Role.objects.filter(centre__in=managed_centres(actor)).select_related("centre")


def managed_calendars(actor: Actor) -> QuerySet[Calendar]:
    return Calendar.objects.filter(centre__in=managed_centres(actor)).select_related("centre")


def is_government(actor: Actor) -> bool:
    return actor.kind == "system" or (actor.staff is not None and actor.staff.employer == Employer.GOVERNMENT)


def grantable(actor: Actor) -> frozenset[str]:
    """The permissions `actor` may put into a role or hand to a person: those held, and for the government's own keeper
    of roles every one."""
    if actor.kind == "system" or (is_government(actor) and actor.may("org.manage_roles")):
        return known_permissions()
    return frozenset(code for code in known_permissions() if actor.may(code))


def employers_for(actor: Actor) -> list[str]:
    """Which kinds of account `actor` may open: nobody turns a contractor's account into the government's."""
    if actor.staff is not None and actor.staff.unit_id:
        return [Employer.UNIT]
    if is_government(actor):
        return [Employer.GOVERNMENT, Employer.CONTRACTOR, Employer.UNIT]
    return [Employer.CONTRACTOR, Employer.UNIT]


def check_over(actor: Actor, staff: Staff) -> None:
    """Raise AboveYou when `staff` can do more than `actor` may give away: its password is its power."""
    effective = {code for code in staff.permissions if not powerless(code, staff.employer)}
    if not effective <= grantable(actor) or staff.employer not in employers_for(actor):
        raise AboveYou


def powerless(permission: str, employer: str) -> bool:
    """Whether a permission has no effect for such an account (rules.md D7)."""
    return employer == Employer.CONTRACTOR and permission in GOVERNMENT_ONLY


def assignable(actor: Actor, roles: Iterable[Role]) -> list[Role]:
    """The roles `actor` may give to somebody."""
    mine = grantable(actor) | (frozenset() if is_government(actor) else GOVERNMENT_ONLY)
    return [role for role in roles if set(role.permissions) & known_permissions() <= mine]
