"""Hints on an appeal being typed, with what only the database knows: the region, and the caller's other orders (R104)."""

from dataclasses import replace

from huying.org.models import Region
from huying.org.policies import Actor
from huying.workorders.queries.similar import Similar, repeats
from huying.workorders.rules.hints import Facts, Hint, hints

REPEAT_OPEN = "repeat_open"
REPEAT_CLOSED = "repeat_closed"


def hints_for(actor: Actor, facts: Facts, region: Region | None) -> tuple[list[Hint], Similar | None]:
    """All hints, a repeated appeal first, and the earlier order it repeats."""
    facts = replace(facts, region_level=region.level if region else 0, elsewhere=_elsewhere(region))
    again = next(iter(repeats(actor, text=f"{facts.title}\n{facts.content}", phone=facts.phone)), None)
    found = hints(facts)
    if again is not None:
        found.insert(0, _repeat(again))
    return found, again


def _repeat(again: Similar) -> Hint:
    number = again.order.number
    if again.order.is_open:
        return Hint(REPEAT_OPEN, "content", f"同一来电人同一事项未办结（{number}，相似 {again.percent}%），应催单，不另立新单")
    return Hint(REPEAT_CLOSED, "content", f"同一来电人同一事项近期已结（{number}，相似 {again.percent}%），无新情况请告知原结果")


def _elsewhere(region: Region | None) -> tuple[str, ...]:
    """Names of the other districts of the same city."""
    if region is None or region.level < Region.Level.DISTRICT:
        return ()
    code = region.code[:6]
    districts = Region.objects.filter(level=Region.Level.DISTRICT, code__startswith=code[:4]).exclude(code=code)
    return tuple(districts.values_list("name", flat=True))
