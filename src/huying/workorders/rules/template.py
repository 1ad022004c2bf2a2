"""A special service as data: extra fields, flow, numbering (R041, R099, R123). Parsed strictly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from huying.kernel.deadline import Term
from huying.kernel.errors import Refusal
from huying.kernel.numbering import Pattern
from huying.workorders.catalog import Kind

FIELD_KINDS = {"text", "longtext", "choice", "number", "date", "bool"}
SIGN_OFF = {"", "unit", "centre"}


class BadTemplate(Refusal):
    code = "bad_template"
    message = "专项模板内容有误"


@dataclass(frozen=True)
class ExtraField:
    """One field a template adds to the intake form."""

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Flow:
    """How such an order goes: `review` before dispatch; who signs the reply off ("" nobody, "unit", "centre")."""

    review: bool = False
    sign_off: str = ""
    hide_caller: bool = False
    confidential: bool = False
    special: bool = False
    reward: bool = False
    follow_up: bool = True


@dataclass(frozen=True)
class Template:
    fields: tuple[ExtraField, ...] = ()
    flow: Flow = field(default_factory=Flow)
    kinds: tuple[str, ...] = tuple(Kind)
    number_pattern: str = ""
    handle: Term | None = None


def _field(data: Any) -> ExtraField:
    if not isinstance(data, dict) or not {"name", "label"} <= set(data):
        raise BadTemplate("模板字段须有 name 和 label")
    kind = data.get("kind", "text")
    if kind not in FIELD_KINDS:
        raise BadTemplate(f"字段“{data['label']}”的类型应为：{'、'.join(sorted(FIELD_KINDS))}")
    choices = tuple((str(value), str(label)) for value, label in data.get("choices", []))
    if kind == "choice" and not choices:
        raise BadTemplate(f"字段“{data['label']}”缺少选项")
    if not str(data["name"]).isidentifier():
        raise BadTemplate(f"字段名“{data['name']}”只能用字母、数字和下划线")
    return ExtraField(data["name"], data["label"], kind, bool(data.get("required")), choices)


def parse_template(data: Mapping[str, Any]) -> Template:
    """Read a template's JSON. Raises BadTemplate naming the place at fault."""
    flow = data.get("flow", {})
    if not isinstance(flow, dict) or set(flow) - set(Flow.__dataclass_fields__):
        raise BadTemplate(f"流程只能含：{'、'.join(Flow.__dataclass_fields__)}")
    if flow.get("sign_off", "") not in SIGN_OFF:
        raise BadTemplate("签发层级只能是：空、unit（单位领导）、centre（热线主管领导）")
    kinds = tuple(data.get("kinds", list(Kind)))
    if not kinds or set(kinds) - set(Kind):
        raise BadTemplate(f"诉求类型只能是：{'、'.join(Kind)}")
    fields = tuple(_field(row) for row in data.get("fields", []))
    if len({row.name for row in fields}) != len(fields):
        raise BadTemplate("字段名重复")
    if pattern := data.get("number_pattern", ""):
        Pattern.parse(pattern)
    handle = Term.parse(data["handle"]) if data.get("handle") else None
    return Template(fields, Flow(**flow), kinds, pattern, handle)
