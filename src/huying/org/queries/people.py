"""Lists of the organisation as its managers see them."""

from collections.abc import Iterable, Mapping
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from huying.kernel import clock
from huying.org.models import Centre, Employer, Role, Staff, Unit
from huying.org.policies import Actor
from huying.org.policies.manage import managed_centres, managed_roles, managed_staff, managed_units
from huying.org.rules.asked import number, text


def staff_list(actor: Actor, asked: Mapping[str, Any]) -> QuerySet[Staff]:
    """`asked`: q (name, user name, number, unit), centre, role (code), employer, state (active, disabled)."""
    rows = managed_staff(actor).prefetch_related("roles")
    if q := text(asked, "q"):
        rows = rows.filter(
            Q(name__icontains=q) | Q(username__icontains=q) | Q(number__icontains=q) | Q(unit__name__icontains=q)
        )
    if centre := number(asked, "centre"):
        rows = rows.filter(centre_id=centre)
    if role := text(asked, "role"):
        rows = rows.filter(roles__code=role)
    if (employer := text(asked, "employer")) in Employer.values:
        rows = rows.filter(employer=employer)
    if (state := text(asked, "state")) in {"active", "disabled"}:
        rows = rows.filter(is_active=state == "active")
    return rows.order_by("-is_active", "centre__path", "username").distinct()


def unit_list(actor: Actor, asked: Mapping[str, Any]) -> QuerySet[Unit]:
    """In the order of the tree, with `people` (active accounts); `asked`: q, centre, state."""
    rows = managed_units(actor).select_related("centre", "region", "calendar")
    rows = rows.annotate(people=Count("staff", filter=Q(staff__is_active=True)))
    if q := text(asked, "q"):
        rows = rows.filter(Q(name__icontains=q) | Q(short_name__icontains=q) | Q(code__icontains=q))
    if centre := number(asked, "centre"):
        rows = rows.filter(centre_id=centre)
    if (state := text(asked, "state")) in {"active", "disabled"}:
        rows = rows.filter(is_active=state == "active")
    return rows.order_by("centre__path", "path")


def centre_list(actor: Actor) -> QuerySet[Centre]:
    """In the order of the tree, with `people` and `places` (active accounts and units)."""
    people = Count("staff", filter=Q(staff__is_active=True), distinct=True)
    places = Count("units", filter=Q(units__is_active=True), distinct=True)
    return managed_centres(actor).select_related("region", "calendar").annotate(people=people, places=places).order_by("path")


def role_list(actor: Actor, asked: Mapping[str, Any]) -> QuerySet[Role]:
    """With `people`, the active accounts that hold it; `asked`: q, centre."""
    rows = managed_roles(actor).annotate(people=Count("staff", filter=Q(staff__is_active=True)))
    if q := text(asked, "q"):
        rows = rows.filter(Q(name__icontains=q) | Q(code__icontains=q))
    if centre := number(asked, "centre"):
        rows = rows.filter(centre_id=centre)
    return rows.order_by("centre__path", "code")


def locked_among(staff: Iterable[Staff]) -> set[str]:
    """The user names among these that are locked after too many failures."""
    recent = AccessAttempt.objects.filter(
        username__in=[person.username for person in staff], attempt_time__gt=clock.now() - get_cool_off(None)
    )
    sums = recent.values_list("username").annotate(count=Sum("failures_since_start"))
    return {username for username, count in sums if count >= settings.AXES_FAILURE_LIMIT}
