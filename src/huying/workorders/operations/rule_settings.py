"""A centre's own rule packs, templates and numbering: edited on screen, in force from a date, no code (R041, R099)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from huying.kernel import clock as time
from huying.kernel.errors import Refusal
from huying.kernel.numbering import Pattern, in_code
from huying.org.models import Centre
from huying.org.policies import Actor
from huying.workorders.models import OrderTemplate, RulePack
from huying.workorders.rules import BadTemplate, parse_pack, parse_template

RIGHT = "workorders.manage_templates"


class PackInPast(Refusal):
    code = "pack_in_past"
    message = "规则包只能从现在或以后的时间起生效；已经受理的工单沿用原规则"


class PackExists(Refusal):
    code = "pack_exists"
    message = "这个生效时间已有一份规则包，请换一个时间"


@transaction.atomic
def publish_pack(
    *, actor: Actor, centre: Centre, name: str, effective_from: datetime, data: Mapping[str, Any]
) -> RulePack:
    """A new pack of the centre in force from then on; orders already taken keep theirs. Raises BadPack."""
    actor.must(RIGHT)
    parse_pack(data)
    if effective_from < time.now() and (time.now() - effective_from).total_seconds() > 120:
        raise PackInPast(fields={"effective_from": PackInPast.message})
    if RulePack.objects.filter(centre=centre, code="default", effective_from=effective_from).exists():
        raise PackExists(fields={"effective_from": PackExists.message})
    return RulePack.objects.create(
        centre=centre, code="default", name=name, effective_from=effective_from, data=dict(data)
    )


@transaction.atomic
def save_template(
    *, actor: Actor, centre: Centre, code: str, name: str, data: Mapping[str, Any], is_active: bool = True
) -> OrderTemplate:
    """Create or change the centre's own template `code`; it goes before a shipped one of that code. Raises BadTemplate."""
    actor.must(RIGHT)
    if not code.replace("_", "").isalnum() or not code.isascii() or len(code) > 40:
        raise BadTemplate("编码只能用字母、数字和下划线，最多 40 个", fields={"code": "编码只能用字母、数字和下划线"})
    parse_template(data)
    row, _ = OrderTemplate.objects.update_or_create(
        centre=centre, code=code, defaults={"name": name, "data": dict(data), "is_active": is_active}
    )
    return row


@transaction.atomic
def set_number_pattern(*, actor: Actor, centre: Centre, pattern: str) -> None:
    """How this centre's orders are numbered from now on. Raises BadPattern."""
    actor.must(RIGHT)
    Pattern.parse(pattern)
    Centre.objects.filter(pk=centre.pk).update(number_pattern=in_code(pattern))
