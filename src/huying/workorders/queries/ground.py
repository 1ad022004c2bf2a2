"""What a new order stands on: template, rule pack, calendar and region, found in one trip.

The rows themselves are remembered by key and version (xmin), so that a change is seen by the next order in every
process, and an unchanged one is read and parsed once.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from huying.audit.queries import quick
from huying.org.models import Calendar, Centre
from huying.workorders.models import OrderTemplate, RulePack
from huying.workorders.queries.packs import NoPack, NoTemplate

FIND = """
    SELECT * FROM (SELECT 1) AS one
    LEFT JOIN (
        SELECT id, xmin::text FROM workorders_ordertemplate
        WHERE code = %(template)s AND is_active AND (centre_id IS NULL OR centre_id = ANY (%(lineage)s::bigint[]))
        ORDER BY array_position(%(lineage)s::bigint[], centre_id) DESC NULLS LAST LIMIT 1
    ) AS template ON true
    LEFT JOIN (
        SELECT id, xmin::text FROM workorders_rulepack
        WHERE code = 'default' AND effective_from <= %(at)s AND (centre_id IS NULL OR centre_id = ANY (%(lineage)s::bigint[]))
        ORDER BY array_position(%(lineage)s::bigint[], centre_id) DESC NULLS LAST, effective_from DESC LIMIT 1
    ) AS pack ON true
    LEFT JOIN (
        SELECT calendar.id, calendar.xmin::text FROM org_centre centre JOIN org_calendar calendar ON calendar.id = centre.calendar_id
        WHERE centre.id = ANY (%(lineage)s::bigint[]) ORDER BY length(centre.path) DESC LIMIT 1
    ) AS calendar ON true
    LEFT JOIN (SELECT code FROM org_region WHERE code = %(region)s) AS region ON true
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """`region` is None when the code asked for does not exist (or none was asked for)."""

    template: OrderTemplate
    pack: RulePack
    calendar: Calendar | None
    region: str | None


def ground_of(centre: Centre, *, template: str, region: str, at: datetime) -> Ground:
    """The nearest of each, from the centre itself upwards to what was shipped. Raises NoTemplate, NoPack."""
    row = quick(FIND, {"template": template, "region": region, "at": at, "lineage": centre.lineage})
    assert row is not None
    _, template_id, template_version, pack_id, pack_version, calendar_id, calendar_version, code = row
    if template_id is None:
        raise NoTemplate(fields={"template": NoTemplate.message})
    if pack_id is None:
        raise NoPack
    return Ground(
        kept_template(template_id, template_version), kept_pack(pack_id, pack_version),
        kept_calendar(calendar_id, calendar_version) if calendar_id else None, code,
    )


@lru_cache(maxsize=256)
def kept_template(key: int, version: str) -> OrderTemplate:
    return OrderTemplate.objects.get(pk=key)


@lru_cache(maxsize=256)
def kept_pack(key: int, version: str) -> RulePack:
    return RulePack.objects.get(pk=key)


@lru_cache(maxsize=256)
def kept_calendar(key: int, version: str) -> Calendar:
    return Calendar.objects.get(pk=key)
