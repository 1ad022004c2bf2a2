"""The simple lists of the telephone's settings; views/rows.py draws them all, urls.py hangs them in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from huying.calls.forms.groups import GroupForm, PeriodForm, RuleForm
from huying.calls.forms.lines import DeskForm, NumberForm, PhoneForm, TrunkForm
from huying.calls.forms.rows import RowForm
from huying.calls.models import CalledNumber, OtherDesk, Phone, RouteRule, SeatPeriod, SkillGroup, Trunk
from huying.calls.operations.phones import phone_password
from huying.org.models import Centre

Column = tuple[str, Callable[[Any], Any], str]  # heading, what stands there, class of the cell


@dataclass(frozen=True)
class Kind:
    """`slug` is its address and begins the names of its routes: "trunks", "trunk-new", "trunk", "trunk-off"."""

    slug: str
    name: str
    title: str
    model: type[Model]
    form: type[RowForm]
    columns: tuple[Column, ...]
    panels: tuple[tuple[str, tuple[str, ...]], ...]
    order: tuple[str, ...] = ("centre_id",)
    sorted_by: str = ""
    about: str = ""
    related: tuple[str, ...] = ()
    deletes: bool = False  # deleted, not switched off
    fresh: Callable[[Centre], Any] | None = None
    without: tuple[tuple[str, Any], ...] = ()  # rows that this page does not know

    def new(self, centre: Centre) -> Any:
        return self.fresh(centre) if self.fresh else self.model(centre=centre)

    @property
    def can_be_off(self) -> bool:
        return any(field.name == "is_active" for field in self.model._meta.concrete_fields)


def where(row: RouteRule) -> str:
    """The rule's target in words."""
    parts = [f"专席 {row.desk.name}"] if row.desk else []
    parts += [f"技能组 {row.group}"] if row.group else []
    parts += [f"流程 {row.flow}"] if row.flow else []
    parts += [f"优先 {row.priority}"] if row.priority else []
    return "，".join(parts) or "—"


def who(row: RouteRule) -> str:
    """The rule's conditions in words."""
    parts = [f"拨打 {row.called.number}"] if row.called else []
    parts += [f"名单“{row.caller_list}”"] if row.caller_list else []
    parts += [f"标签 {'、'.join(row.labels)}"] if row.labels else []
    parts += [f"号段 {'、'.join(row.prefixes)}"] if row.prefixes else []
    if row.hours_from or row.hours_to:
        begins, ends = (f"{at:%H:%M}" if at else "不限" for at in (row.hours_from, row.hours_to))
        parts.append(f"{begins}–{ends}")
    return "，".join(parts) or "全部来电"


def told(row: Any) -> str:
    return str(row) if row else "—"


TRUNKS = Kind(
    "trunks", "trunk", "中继", Trunk, TrunkForm,
    (("对端地址", lambda row: "、".join(row.match), "is-unit"), ("外呼地址", lambda row: row.contact, ""),
     ("编解码", lambda row: "、".join(row.codecs), ""), ("线路", lambda row: row.lines, "is-number")),
    (("", ("name", "lines", "contact")), ("", ("match",)), ("", ("codecs",))), order=("name",), sorted_by="按名称排列",
    about="运营商的 SIP 线路，整个节点共用。编解码不一致或地址写错时电话打不进来，改动前请与运营商核对。",
)
NUMBERS = Kind(
    "numbers", "number", "被叫号码", CalledNumber, NumberForm,
    (("名称", lambda row: row.name, ""), ("语音流程", lambda row: told(row.flow), ""), ("默认技能组", lambda row: row.group.name, ""),
     ("问候语", lambda row: told(row.greeting), ""), ("外呼主叫", lambda row: "是" if row.is_outgoing else "", "is-tight")),
    (("", ("number", "name")), ("来电", ("flow", "group", "greeting")), ("呼出", ("is_outgoing",))),
    order=("centre_id", "number"), sorted_by="按号码排列", related=("flow", "group", "greeting"),
)
PHONES = Kind(
    "handsets", "handset", "话机", Phone, PhoneForm,
    (("类型", lambda row: row.get_kind_display(), ""),
     ("接听方式", lambda row: row.get_answering_display() if row.kind == Phone.Kind.SIP else "话机窗口", ""),
     ("位置", lambda row: row.place or "—", ""),
     ("固定使用人", lambda row: row.owner.name if row.owner else "公用", "")),
    (("", ("extension", "kind", "answering", "place", "owner")),), order=("extension",), sorted_by="按分机号排列", related=("owner",),
    fresh=lambda centre: Phone(centre=centre, password=phone_password()), without=(("kind", Phone.Kind.CITIZEN),),
)
GROUPS = Kind(
    "groups", "group", "技能组", SkillGroup, GroupForm,
    (("代码", lambda row: row.code, ""), ("分配方式", lambda row: row.get_strategy_display(), ""),
     ("振铃", lambda row: f"{row.ring_seconds} 秒", "is-number"), ("最长等待", lambda row: f"{row.most_wait} 秒", "is-number"),
     ("溢出到", lambda row: told(row.overflow), ""), ("优先级", lambda row: row.weight, "is-number")),
    (("", ("name", "code")), ("排队", ("strategy", "ring_seconds", "most_wait", "overflow", "weight")),
     ("等待时", ("announces", "offers_call_back", "offers_voicemail")), ("话后", ("wrap_seconds",))),
    order=("centre_id", "code"), sorted_by="按代码排列", related=("overflow",),
)
DESKS = Kind(
    "desks", "desk", "其他热线", OtherDesk, DeskForm,
    (("代码", lambda row: row.code, ""), ("号码", lambda row: row.number, ""), ("中继", lambda row: told(row.trunk), ""),
     ("次序", lambda row: row.order, "is-number")),
    (("", ("name", "code", "number", "trunk", "order")),), order=("centre_id", "order", "code"), sorted_by="按次序排列", related=("trunk",),
    about="坐席一键转接和三方通话的对象，也可以作为语音流程的转接去向；语音机器人也在这里登记。",
)
RULES = Kind(
    "rules", "rule", "路由规则", RouteRule, RuleForm,
    (("次序", lambda row: row.order, "is-number"), ("来电", who, "is-long"), ("去向", where, "is-long")),
    (("", ("name", "order")),
     ("什么样的来电（全部符合才算，留空为不限）", ("called", "caller_list", "labels", "prefixes", "hours_from", "hours_to")),
     ("到哪里去", ("group", "desk", "flow", "priority"))),
    order=("centre_id", "order", "id"), sorted_by="按次序排列，第一条符合的生效",
    related=("called", "caller_list", "group", "desk", "flow"),
    deletes=True, about="都不符合的来电走被叫号码自己的流程和技能组。",
)
PERIODS = Kind(
    "periods", "period", "最少席数", SeatPeriod, PeriodForm,
    (("星期", lambda row: row.weekdays_in_words, ""), ("时间", lambda row: f"{row.begins:%H:%M}–{row.ends:%H:%M}", ""),
     ("最少在线席数", lambda row: row.least, "is-number")),
    (("", ("name", "least")), ("", ("weekdays",)), ("", ("begins", "ends"))), order=("centre_id", "begins"),
    sorted_by="按开始时间排列", deletes=True, about="签入且能接听的坐席少于此数时，坐席墙报警。",
)
KINDS = (TRUNKS, NUMBERS, PHONES, GROUPS, DESKS, RULES, PERIODS)
