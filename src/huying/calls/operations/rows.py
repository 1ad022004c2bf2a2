"""Rows of the telephone's settings: made, changed, switched off, deleted; on the centre's record, and the switch is told."""

from typing import Any

from django.db import IntegrityError, models, transaction

from huying.calls.models import CalledNumber, Flow, Phone, Prompt, RouteRule, SkillGroup
from huying.calls.operations.tell import config_changed
from huying.citizens.fields import SecretText
from huying.kernel.errors import Refusal
from huying.org.operations.history import differences, record
from huying.org.policies import Actor

MANAGE = "calls.manage"


class TakenName(Refusal):
    code = "taken_name"
    message = "号码、名称或代码已被占用（可能属于别的中心），请换一个"


class StillUsed(Refusal):
    code = "still_used"


@transaction.atomic
def save_row(*, actor: Actor, row: models.Model) -> models.Model:
    """`row` as it is to stand. Raises NotAllowed, TakenName."""
    actor.must(MANAGE)
    made = row.pk is None
    before = {} if made else values_of(type(row)._default_manager.get(pk=row.pk))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # another centre's row, which this person may not see
        raise TakenName from error
    changed = differences(before, values_of(row))
    if changed:
        _record(row, "add" if made else "edit", actor, changes=changed)
    return row


@transaction.atomic
def switch_row(*, actor: Actor, row: models.Model, on: bool) -> None:
    """Out of use, or in use again. Raises NotAllowed, StillUsed."""
    actor.must(MANAGE)
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if row.is_active == on:  # type: ignore[attr-defined]
        return
    if not on:
        refuse_needed(row)
    row.is_active = on  # type: ignore[attr-defined]
    row.save(update_fields=["is_active"])
    _record(row, "on" if on else "off", actor)


@transaction.atomic
def delete_row(*, actor: Actor, row: models.Model) -> None:
    actor.must(MANAGE)
    _record(row, "delete", actor)
    row.delete()


def refuse_needed(row: models.Model) -> None:
    """Raise StillUsed when callers would have nowhere to go without `row`."""
    if isinstance(row, SkillGroup):
        numbers = CalledNumber.objects.filter(group=row, is_active=True).values_list("number", flat=True)
        rules = RouteRule.objects.filter(group=row, is_active=True).values_list("name", flat=True)
        if numbers or rules:
            used = "、".join([*(f"被叫号码 {each}" for each in numbers), *(f"路由规则“{each}”" for each in rules)][:5])
            raise StillUsed(f"{used} 还在使用这个技能组，请先改到别的技能组")
    if isinstance(row, Phone) and row.sessions.filter(ended_at=None).exists():
        raise StillUsed("这部话机上有人签入，请先请他签出")


def values_of(row: models.Model) -> dict[str, Any]:
    """What the record tells of a row: never a secret, names beside the ids of others."""
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in {"centre", "digest", "changed_at", "draft", "published"} or isinstance(field, SecretText):
            continue
        value = getattr(row, field.attname)
        if field.related_model and value is not None:
            other = field.related_model._default_manager.filter(pk=value).first()  # hidden, when a centre above owns it
            value = f"{other or ''}#{value}"
        found[field.name] = value if value is None or isinstance(value, str | int | bool | list) else str(value)
    return found


def _record(row: Any, what: str, actor: Actor, **more: Any) -> None:
    record(row.centre_id, f"{KINDS.get(type(row), row._meta.model_name)}.{what}", actor, id=row.pk, name=str(row), **more)
    config_changed()


KINDS: dict[type[models.Model], str] = {
    CalledNumber: "called_number", SkillGroup: "skill_group", RouteRule: "route_rule", Prompt: "prompt", Flow: "flow", Phone: "phone",
}
