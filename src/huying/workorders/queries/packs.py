"""Rule packs and templates in force."""

import json
from datetime import datetime
from functools import lru_cache

from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.workorders.models import OrderTemplate, RulePack
from huying.workorders.rules import Pack, Template, parse_template
from huying.workorders.rules.pack import parsed


class NoPack(Refusal):
    code = "no_pack"
    message = "没有生效的规则包，请系统运维检查规则包的生效日期"


class NoTemplate(Refusal):
    code = "no_template"
    message = "没有这个专项模板，或它已停用"


def pack_in_force(centre: Centre, at: datetime, code: str = "default") -> RulePack:
    """The newest pack in force at `at`: the centre's own, else the nearest above it, else the shipped one."""
    rows = RulePack.objects.filter(code=code, effective_from__lte=at).order_by("-effective_from")
    by_centre: dict[int | None, RulePack] = {}
    for row in rows:
        by_centre.setdefault(row.centre_id, row)
    for owner in (*reversed(centre.lineage), None):
        if owner in by_centre:
            return by_centre[owner]
    raise NoPack


def pack_of(row: RulePack) -> Pack:
    """The row's content parsed; remembered on the row as long as it holds the same content."""
    known = row.__dict__.get("_parsed")
    if known is None or known[0] is not row.data:
        known = row.__dict__["_parsed"] = (row.data, parsed(json.dumps(row.data, sort_keys=True)))
    found: Pack = known[1]
    return found


def find_template(centre: Centre, code: str) -> OrderTemplate:
    """The active template of that code: the centre's own, else the nearest above it, else the shipped one."""
    rows = {row.centre_id: row for row in OrderTemplate.objects.filter(code=code, is_active=True)}
    for owner in (*reversed(centre.lineage), None):
        if owner in rows:
            return rows[owner]
    raise NoTemplate(fields={"template": NoTemplate.message})


@lru_cache(maxsize=256)
def _template(text: str) -> Template:
    return parse_template(json.loads(text))


def template_of(row: OrderTemplate) -> Template:
    known = row.__dict__.get("_parsed")
    if known is None or known[0] is not row.data:
        known = row.__dict__["_parsed"] = (row.data, _template(json.dumps(row.data, sort_keys=True)))
    found: Template = known[1]
    return found
