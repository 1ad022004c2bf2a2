"""Tags and filters of the order's pages."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from huying.citizens.models import Contact
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor
from huying.ui.templatetags.ui import field as ui_field
from huying.workorders.forms import ActionForm
from huying.workorders.models import Clock, WorkOrder
from huying.workorders.queries.lists import Line
from huying.workorders.queries.order_page import OrderPage, Related
from huying.workorders.rules import INPUTS
from huying.workorders.templatetags.rows import STATE_TONES, order_row, split_row, task_row
from huying.workorders.workflow import Action

register = template.Library()

HINTS = {
    "request_return": "每个单位对同一工单只能申请退回一次；审核期间时限不停。",
    "request_extension": "须在到期前至少一个工作日申请，并已联系诉求人；批准后系统自动短信告知诉求人。",
    "request_suspension": "只有检测检验、鉴定、诉讼仲裁等法定等待可以挂起，须经审批，到期自动恢复计时。",
    "decline": "必须选择情形并告知诉求人；质检会复核每一次不予受理。",
    "arbitrate": "裁定后不得再退。裁定给原单位的，退回申请视为不同意。",
    "reply": "须先登记核实；系统不接受照抄模板的答复。",
    "redispatch": "原单位的任务撤回，新单位的时限重新起算。",
    "reopen": "结单库只读，改动须先重开；将回到待派单。",
    "merge": "本单并入后不再单独办理，目标工单办结时一并告知诉求人。",
    "withdraw": "撤单后各单位的任务一并撤回。",
}
AFTER_CHANGE = {("decline", "code")}
"""Fields whose choice fills another one: the form is drawn again."""


@register.filter
def state_tone(state: str) -> str:
    return STATE_TONES.get(state, "")


@register.filter
def urgency_tone(urgency: str) -> str:
    return {"critical": "red", "urgent": "red", "complex": "amber"}.get(urgency, "")


@register.filter
def input_label(value: str, name: str) -> str:
    """The Chinese words of a coded value of the input `name`."""
    return dict(INPUTS[name].choices).get(value, value)


@register.filter
def contact_label(name: str) -> str:
    return Contact.SECRET_FIELDS.get(name, name)


@register.filter
def get(values: Mapping[str, Any], name: str) -> Any:
    return values.get(name, "")


@register.filter
def read_by(text: str, page: OrderPage | Related) -> str:
    """Free text of the order of `page` as whoever looks at it may read it."""
    return page.shown(text)


@register.filter
def clock_words(clock: Clock) -> str:
    """What is due next and for whom: "城市管理局 签收"."""
    who = ""
    if clock.assignment is not None:
        who = clock.assignment.unit.short_name or clock.assignment.unit.name
    return f"{who} {Clock.Kind(clock.kind).label}".strip()


@register.inclusion_tag("workorders/parts/act_button.html", takes_context=True)
def act_button(
    context: Mapping[str, Any], button: Any, order: WorkOrder, main: bool = False, keyed: bool = False
) -> dict[str, Any]:
    """One thing that can be done; what needs no words is done by one press."""
    return {
        "button": button, "order": order, "main": main, "keyed": keyed, "request_id": uuid.uuid4().hex,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("workorders/parts/act_hints.html")
def act_hints(action: Action, order: WorkOrder) -> dict[str, Any]:
    """What somebody should know before doing it."""
    return {"hint": HINTS.get(action.code, "")}


@register.simple_tag
def act_field(form: ActionForm, name: str) -> SafeString:
    """One field of an action's form; some choices draw the form again with another field filled."""
    attrs: dict[str, Any] = {}
    if (form.action.code, name) in AFTER_CHANGE:
        attrs = {
            "hx_post": reverse("workorders:do", args=[form.order.number, form.action.code]), "hx_trigger": "change",
            "hx_vals": '{"_refresh": "1"}', "hx_target": "#act-form", "hx_swap": "outerHTML",
        }
    if name == form.asked[0]:
        attrs["autofocus"] = True
    context = ui_field(form[name], **attrs) | {
        "again": "hx_post" in attrs, "likely": form.likely if name == "unit" else (), "form": form,
    }
    return SafeString(render_to_string("workorders/parts/act_field.html", context))


@register.simple_tag
def maybe_field(form: BaseForm, name: str) -> SafeString | str:
    """A filter's field, if this list has it."""
    if name not in form.fields:
        return ""
    return SafeString(render_to_string("ui/components/field.html", ui_field(form[name])))


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def may(actor: Actor | None, permission: str) -> bool:
    return actor is not None and actor.may(permission)


@register.simple_tag(takes_context=True)
def order_rows(context: Mapping[str, Any], lines: Iterable[Line]) -> SafeString:
    return SafeString("".join(order_row(line, context.get("actor")) for line in lines))


@register.simple_tag(takes_context=True)
def split_rows(context: Mapping[str, Any], lines: Iterable[Line]) -> SafeString:
    """The rows lead to `open_url`; the one in the pane beside them is marked."""
    pane = context.get("pane")
    opened = pane["opened"].number if pane else ""
    rows = (split_row(line, context.get("actor"), open_url=context["open_url"], opened=opened) for line in lines)
    return SafeString("".join(rows))


@register.simple_tag(takes_context=True)
def task_rows(context: Mapping[str, Any], lines: Iterable[Line], back: str) -> SafeString:
    """The buttons in the rows lead back to `back`."""
    token = str(context.get("csrf_token", ""))
    return SafeString("".join(task_row(line, context.get("actor"), back=back, token=token) for line in lines))


@register.filter
def quoted(text: str) -> str:
    return f"“{text}”"


@register.filter
def day(at: datetime | None) -> str:
    """The day a search goes back to."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}" if at else ""
