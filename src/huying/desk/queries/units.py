"""Handling units by what is typed."""

from huying.org.models import Centre, Unit
from huying.workorders.rules import BadInput

LISTED = 400


def units_of(centre: Centre) -> list[Unit]:
    """The active units an order of this centre may go to, the top of each tree first."""
    return list(Unit.objects.filter(is_active=True, centre__path__startswith=centre.path).order_by("path")[:LISTED])


def unit_named(centre: Centre, text: str) -> Unit:
    """The unit meant by "CG 城市管理局", "CG" or a part of a name that only one unit has. Raises BadInput."""
    rows = Unit.objects.filter(is_active=True, centre__path__startswith=centre.path)
    text = text.strip()
    if not text:
        raise BadInput(fields={"unit": "请选择承办单位"})
    code, _, name = text.partition(" ")
    for found in (rows.filter(code=code), rows.filter(name=text), rows.filter(name__contains=name.strip() or text)):
        several = list(found[:4])
        if len(several) == 1:
            return several[0]
        if several:
            raise BadInput(fields={"unit": f"有几家：{'、'.join(f'{unit.code} {unit.name}' for unit in several)}，请写编码"})
    raise BadInput(fields={"unit": f"没有“{text[:20]}”这个单位，或它已停用"})
