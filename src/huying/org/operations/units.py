"""Centres and handling units: opened, changed, taken out of use."""

from typing import Any, cast

from django.db import IntegrityError, models, transaction

from huying.kernel import bus
from huying.kernel.errors import Refusal
from huying.org.events import HoursChanged
from huying.org.models import Centre, Staff, Unit
from huying.org.operations.history import differences, record
from huying.org.operations.install_roles import install_roles
from huying.org.policies import Actor

UNIT_FIELDS = ["code", "name", "short_name", "parent", "region", "calendar", "duties", "phone", "is_active"]
CENTRE_FIELDS = ["name", "level", "region", "calendar", "number_pattern", "is_active"]


class BadUnit(Refusal):
    code = "bad_unit"
    message = "单位信息有误"


class BadCentre(Refusal):
    code = "bad_centre"
    message = "运营中心信息有误"


def facts(row: models.Model, names: list[str]) -> dict[str, Any]:
    """The named fields as plain values, for the history."""
    columns = {field.name: field for field in row._meta.concrete_fields}
    return {name: columns[name].value_from_object(row) for name in names}


def save_unit(actor: Actor, unit: Unit) -> Unit:
    """Create or change a unit of `unit.centre`; moving it takes its sub-units along. Raises BadUnit."""
    with transaction.atomic():
        Centre.objects.select_for_update(no_key=True).get(pk=unit.centre_id)  # one move at a time: no two make a ring
        old = Unit.objects.filter(pk=unit.pk).first() if unit.pk else None
        unit.parent = Unit.objects.get(pk=unit.parent_id) if unit.parent_id else None
        before = facts(old, UNIT_FIELDS) if old else {}
        _check_parent(unit, old)
        if old and old.is_active and not unit.is_active:
            _check_unused(unit)
        try:
            with transaction.atomic():
                unit.save()
        except IntegrityError as error:
            raise BadUnit(fields={"code": "本中心已有这个编码，请换一个"}) from error
        if changes := differences(before, facts(unit, UNIT_FIELDS)):
            kind = "unit.edit" if old else "unit.create"
            record(unit.centre_id, kind, actor, unit=unit.pk, name=unit.name, changes=changes)
    return unit


def save_centre(actor: Actor, centre: Centre) -> Centre:
    """Change a centre, or open one below `centre.parent` with the shipped roles. Raises BadCentre."""
    with transaction.atomic():
        old = Centre.objects.select_for_update(no_key=True).filter(pk=centre.pk).first() if centre.pk else None
        _check_level(centre)
        if old is None:
            return _open_centre(actor, centre)
        if old.is_active and not centre.is_active:
            _check_closing(actor, centre)
        centre.save(update_fields=CENTRE_FIELDS)
        if changes := differences(facts(old, CENTRE_FIELDS), facts(centre, CENTRE_FIELDS)):
            record(centre.pk, "centre.edit", actor, name=centre.name, changes=changes)
            bus.publish(HoursChanged(centre.pk))
    return centre


def _open_centre(actor: Actor, centre: Centre) -> Centre:
    """Its first event stands in the history of the centre above: the manager's connection does not see it yet.

    A centre above all others is opened by nobody but the command line, and begins its own history.
    """
    if centre.parent_id is None and actor.kind != "system":
        raise BadCentre(fields={"parent": "请选择上级中心"})
    try:
        with transaction.atomic():
            centre.save()
    except IntegrityError as error:
        raise BadCentre(fields={"code": "编码已被使用，请换一个"}) from error
    install_roles(centre)
    record(centre.parent_id or centre.pk, "centre.create", actor, centre=centre.pk, code=centre.code, name=centre.name)
    return centre


def _check_parent(unit: Unit, old: Unit | None) -> None:
    parent = cast("Unit | None", unit.parent)
    if parent is None:
        return
    if parent.centre_id != unit.centre_id:
        raise BadUnit(fields={"parent": "上级单位须属于同一中心"})
    if old and old.holds(parent):
        raise BadUnit(fields={"parent": "上级单位不能是它自己或它的下级单位"})


def _check_unused(unit: Unit) -> None:
    if Unit.objects.filter(parent=unit, is_active=True).exists():
        raise BadUnit(fields={"is_active": "请先停用它的下级单位"})
    if Staff.objects.filter(unit=unit, is_active=True).exists():
        raise BadUnit(fields={"is_active": "请先停用或调走该单位的人员"})


def _check_level(centre: Centre) -> None:
    order = list(Centre.Level.values)
    above = cast("Centre | None", centre.parent)
    if above and order.index(centre.level) <= order.index(above.level):
        raise BadCentre(fields={"level": f"应低于上级中心（{above.get_level_display()}）"})
    below = Centre.objects.filter(parent=centre) if centre.pk else Centre.objects.none()
    if any(order.index(child.level) <= order.index(centre.level) for child in below):
        raise BadCentre(fields={"level": "应高于下级中心"})


def _check_closing(actor: Actor, centre: Centre) -> None:
    if actor.staff and actor.staff.centre_id == centre.pk:
        raise BadCentre(fields={"is_active": "不能停用自己所在的中心"})
    if Centre.objects.filter(parent=centre, is_active=True).exists():
        raise BadCentre(fields={"is_active": "请先停用它的下级中心"})
