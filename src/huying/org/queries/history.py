"""What was changed in a centre's organisation, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from huying.audit.models import Event
from huying.org.catalog import permission_label
from huying.org.models import Centre
from huying.org.policies import Actor

KINDS = {
    "staff.create": "开设账号", "staff.edit": "修改账号", "staff.disable": "停用账号", "staff.enable": "启用账号",
    "staff.reset_password": "重置密码", "staff.unlock": "解除锁定", "staff.reset_second_factor": "重置二次验证",
    "session.end": "结束他人登录", "token.issue": "签发令牌", "unit.create": "新建单位", "unit.edit": "修改单位",
    "centre.create": "新建中心", "centre.edit": "修改中心", "role.create": "新建角色", "role.edit": "修改角色",
    "role.delete": "删除角色", "calendar.create": "新建日历", "calendar.edit": "修改日历", "calendar.delete": "删除日历",
}
FIELDS = {
    "name": "名称", "number": "工号", "employer": "身份", "unit": "单位", "roles": "角色", "code": "编码", "short_name": "简称",
    "needs_second_factor": "二次验证", "confidentiality_signed_on": "保密承诺书签署日", "trained_on": "上岗培训合格日",
    "parent": "上级", "region": "区划",
    "calendar": "日历", "duties": "职责", "phone": "值班电话", "is_active": "启用", "level": "层级", "number_pattern": "编号规则",
}


def name_kinds(kinds: Mapping[str, str], fields: Mapping[str, str]) -> None:
    """Other rooms say at their start what their events and fields are called."""
    KINDS.update(kinds)
    FIELDS.update({name: label for name, label in fields.items() if name not in FIELDS})


@dataclass(frozen=True)
class Change:
    """One event for the page: `subject` is what was changed, `details` pairs of name and words."""

    at: datetime
    who: str
    kind: str
    subject: str
    reason: str
    details: list[tuple[str, str]]


def changes(actor: Actor, *, kind: str = "") -> QuerySet[Event]:
    """The events of the own centre and those below it, newest first; `kind` is the beginning of one ("staff")."""
    if actor.staff is None or actor.staff.unit_id:
        return Event.objects.none()
    below = Centre.objects.filter(path__startswith=actor.staff.centre.path).values("pk")
    rows = Event.objects.filter(stream=Centre.stream, stream_id__in=below)
    return (rows.filter(kind__startswith=f"{kind}.") if kind else rows).order_by("-id")


def in_words(event: Event) -> Change:
    data = event.data
    subject = data.get("username") or data.get("name") or data.get("role") or ""
    return Change(event.at, event.actor_name, KINDS.get(event.kind, event.kind), str(subject), event.reason, _details(data))


def _details(data: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(FIELDS.get(name, name), f"{_plain(old)} → {_plain(new)}") for name, (old, new) in data.get("changes", {}).items()]
    for name, label in (("added", "增加权限"), ("removed", "去掉权限")):
        if data.get(name) and isinstance(data[name], list):
            found.append((label, "、".join(permission_label(code) for code in data[name])))
    if data.get("handed_over"):
        found.append(("移交", f"{data['handed_over']} 件，给 {data.get('successor', '')}"))
    return found


def _plain(value: Any) -> str:
    if value in (None, "", []):
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
