"""Check what was said with an action against its rows in `rules.INPUTS`; every fault is named beside its field."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from huying.kernel import clock
from huying.org.models import Unit
from huying.org.policies import Actor
from huying.workorders.models import WorkOrder
from huying.workorders.rules import INPUTS, BadInput, Input
from huying.workorders.workflow import Action

VERBS = {"choice": "选择", "unit": "选择", "units": "选择", "points": "勾选", "files": "上传"}


def clean(action: Action, data: Mapping[str, Any], order: WorkOrder, actor: Actor) -> dict[str, Any]:
    """The values of the fields the action needs or takes, typed; anything else is ignored. Raises BadInput."""
    cleaned: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in (*action.needs, *action.takes):
        spec, raw = INPUTS[name], data.get(name)
        if raw in (None, "", []):
            if name in action.needs:
                wrong[name] = f"请{VERBS.get(spec.kind, '填写')}{spec.label}"
            cleaned[name] = [] if spec.kind in {"units", "files", "points"} else None if spec.kind != "longtext" else ""
            continue
        try:
            cleaned[name] = CLEANERS[spec.kind](spec, raw, order)
        except ValueError as fault:
            wrong[name] = str(fault)
            continue
        if spec.kind == "files" and not free(cleaned[name], order, actor):
            wrong[name] = f"{spec.label}只能用为此上传的文件，请重新上传"
    if wrong:
        raise BadInput(fields=wrong)
    return cleaned


def _text(spec: Input, raw: Any, order: WorkOrder) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"{spec.label}应为文字")
    text = raw.replace("\x00", "").strip()
    if len(text) < spec.shortest:
        raise ValueError(f"{spec.label}至少 {spec.shortest} 个字")
    if len(text) > spec.longest:
        raise ValueError(f"{spec.label}最多 {spec.longest} 个字，现有 {len(text)} 个")
    return text


def _choice(spec: Input, raw: Any, order: WorkOrder) -> str:
    if raw not in {value for value, _ in spec.choices}:
        raise ValueError(f"{spec.label}请从列表中选择")
    return str(raw)


def _unit(spec: Input, raw: Any, order: WorkOrder) -> Unit:
    """An active unit of the order's centre or a centre below it, by id or by code (R176)."""
    units = Unit.objects.filter(is_active=True, centre__path__startswith=order.centre.path).select_related("centre")
    text = str(raw).replace("\x00", "")
    unit = units.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 15 else None
    unit = unit or units.filter(code=text).order_by("centre__path").first()
    if unit is None:
        raise ValueError(f"没有这个{spec.label}，或它已停用")
    return unit


def _units(spec: Input, raw: Any, order: WorkOrder) -> list[Unit]:
    rows = raw if isinstance(raw, list | tuple) else [raw]
    return list({unit.pk: unit for unit in (_unit(spec, row, order) for row in rows if row not in ("", None))}.values())


def _moment(spec: Input, raw: Any, order: WorkOrder) -> datetime:
    """ISO 8601; without a zone it is Shanghai time, as typed on screen."""
    try:
        at = raw if isinstance(raw, datetime) else parse_datetime(str(raw))
    except ValueError:
        at = None
    if at is None:
        raise ValueError(f"{spec.label}请写成 2026-11-20 09:05")
    if not 2000 <= at.year <= 2100:
        raise ValueError(f"{spec.label}的年份不对")
    return at if at.tzinfo else at.replace(tzinfo=clock.SHANGHAI)


def _whole(spec: Input, raw: Any, order: WorkOrder) -> int:
    try:
        value = int(str(raw))
    except ValueError:
        value = spec.low - 1
    if not spec.low <= value <= spec.high:
        raise ValueError(f"{spec.label}应为 {spec.low} 到 {spec.high} 的整数")
    return value


def _number(spec: Input, raw: Any, order: WorkOrder) -> str:
    return _text(spec, str(raw).replace(" ", ""), order)


def _files(spec: Input, raw: Any, order: WorkOrder) -> list[int]:
    """Ids of attachments already uploaded to this order and not used elsewhere."""
    rows = raw if isinstance(raw, list | tuple) else [raw]
    ids = {int(str(row)) for row in rows if str(row).isdecimal()}
    found = set(order.attachments.filter(pk__in=ids).values_list("pk", flat=True))
    if not ids or ids - found:
        raise ValueError(f"{spec.label}没有上传成功，请重新上传")
    return sorted(found)


def free(files: list[int], order: WorkOrder, actor: Actor) -> bool:
    """Whether these files are nobody's proof yet and, for a unit's person, were put there by a unit's person: what the
    citizen sent is no proof of a visit, and a file hidden from the unit does not come to light by being named."""
    rows = order.attachments.filter(pk__in=files, verification=None, application=None, assignment=None)
    if actor.unit_id:
        rows = rows.filter(uploaded_by__unit__isnull=False)
    return rows.count() == len(files)


def _points(spec: Input, raw: Any, order: WorkOrder) -> list[int]:
    rows = raw if isinstance(raw, list | tuple) else [raw]
    wanted = {int(str(row)) for row in rows if str(row).isdecimal()}
    known = set(order.points.values_list("seq", flat=True))
    if not wanted or wanted - known or wanted == known:
        raise ValueError("请勾选要拆出的诉求点，并至少留一个在原工单")
    return sorted(wanted)


CLEANERS: dict[str, Callable[[Input, Any, WorkOrder], Any]] = {
    "text": _text, "longtext": _text, "choice": _choice, "unit": _unit, "units": _units, "moment": _moment,
    "whole": _whole, "number": _number, "files": _files, "points": _points,
}
