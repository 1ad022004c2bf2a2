"""The rows of a list, drawn without a template.

A list is some hundreds of cells, and for each of them a template looks up half a dozen names: fifty rows took it longer
than everything else of the page. `markup` escapes every value that is not markup of our own.
"""

import uuid
from functools import cache
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString

from huying.org.policies import Actor
from huying.ui.templatetags.ui import badge, due, grouped, markup, when
from huying.workorders.catalog import Kind
from huying.workorders.models import Assignment, WorkOrder
from huying.workorders.queries.lists import Line
from huying.workorders.queries.track import plea_words
from huying.workorders.workflow import Task

STATE_TONES = {
    "to_review": "amber", "to_dispatch": "amber", "to_sign": "amber", "handling": "blue", "to_sign_off": "blue",
    "to_check": "amber", "to_follow_up": "blue", "following_up": "blue", "to_close": "amber", "closed": "green",
    "declined": "red", "suspended": "amber", "replied": "green", "returned": "red", "pending": "amber",
    "arbitrating": "amber", "approved": "green", "rejected": "red",
}
_ANY = "0-0"


ORDER = (
    '<tr data-order="{number}"{late}><td class="is-tight"><a href="{url}" data-open>{grouped}</a></td>'
    '<td class="is-cut" title="{title}">{marks} {title}</td><td class="is-tight">{kind}</td><td class="is-tight">{state}</td>'
    '<td class="is-unit" data-label="承办" title="{unit}">{unit}</td><td class="is-tight" data-label="区域">{region}</td>'
    '<td class="is-tight" data-label="到期">{due}</td><td class="is-tight" data-label="受理">{created}</td></tr>'
)
SPLIT = (
    '<tr data-order="{number}"{opened}><td><a href="{open_url}{number}" data-open hx-get="{open_url}{number}"'
    ' hx-target="#desk-order" hx-swap="outerHTML show:window:top" hx-push-url="true">{title}</a>'
    '<small>{grouped} · {kind} · {where}{whose}</small><span class="wo-marks">{marks}</span></td>'
    '<td class="is-tight">{due}</td></tr>'
)
TASK = (
    '<tr data-order="{number}"{late}><td class="is-long wo-cards__title"><a href="{url}" data-open>{title}</a>'
    '<small>{grouped} · {kind} · {place}</small><span class="wo-marks">{marks}</span></td>'
    '<td class="is-tight">{task_state}{role}</td><td class="is-unit" data-label="单位" title="{unit}">{unit}</td>'
    '<td class="is-tight" data-label="到期">{due}</td><td class="is-tight" data-label="派单">{dispatched}</td>'
    '<td class="is-tight wo-thumb">{buttons}</td></tr>'
)
SIGN = (
    '<form method="post" action="{url}" class="wo-once"><input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
    '<input type="hidden" name="target" value="{task}"><input type="hidden" name="version" value="{version}">'
    '<input type="hidden" name="request_id" value="{request_id}"><input type="hidden" name="next" value="{back}">'
    '<button class="btn btn-primary" type="submit">签收</button></form>'
)
STEP = '<a class="btn{tone}" href="{url}?target={task}&amp;next={back}">{label}</a>'
KINDS = dict(Kind.choices())
LATE = SafeString(' class="is-overdue"')
OPENED = SafeString(' class="is-open" aria-current="true"')


def order_row(line: Line, actor: Actor | None) -> SafeString:
    """Of a list of orders."""
    order = line.order
    return markup(
        ORDER, late=LATE if line.overdue else "", unit=order.unit.name if order.unit else "",
        region=order.region.name if order.region else "", created=when(order.created_at),
        due=due(line.due_at, short=True) if line.due_at and order.is_open else "", **facts(line, actor),
    )


def split_row(line: Line, actor: Actor | None, *, open_url: str, opened: str) -> SafeString:
    """Of a list beside the order that is decided; `open_url` lacks but the order's number."""
    order, plea = line.order, line.plea
    whose = f"{plea.unit.name}{plea.get_kind_display()}" if plea else order.unit.name if order.unit else ""
    moment = due(line.due_at, short=True) if line.due_at else markup('<span class="hy-help">{}</span>', when(order.created_at))
    return markup(
        SPLIT, opened=OPENED if order.number == opened else "", open_url=open_url, due=moment,
        where=order.region.name if order.region else "无区域", whose=f" · {whose}" if whose else "", **facts(line, actor),
    )


def task_row(line: Line, actor: Actor | None, *, back: str, token: str) -> SafeString:
    """Of a unit's list, with what a liaison does most within reach of one thumb; `back` is where to return to."""
    order, task = line.order, line.task
    assert task is not None
    moment: Any = due(line.due_at, short=True) if line.due_at else ""
    if not moment and task.replied_at:
        moment = markup("{} 反馈", when(task.replied_at))
    main = task.role == Assignment.Role.MAIN
    region = order.region.name if order.region else ""
    return markup(
        TASK, late=LATE if line.overdue else "", place=line.shown(order.place) or region, unit=task.unit.name,
        task_state=badge(Task(task.state).label, STATE_TONES.get(task.state, "")), due=moment,
        role="" if main else markup(" {}", badge(task.get_role_display())), dispatched=when(task.dispatched_at),
        buttons=buttons(order, task, actor, back, token), **facts(line, actor),
    )


def buttons(order: WorkOrder, task: Assignment, actor: Actor | None, back: str, token: str) -> SafeString | str:
    if actor is None:
        return ""
    if task.state == Task.TO_SIGN and actor.may("workorders.sign"):
        return markup(
            SIGN, url=action_address(order.number, "sign"), token=token, task=task.pk, version=order.version,
            request_id=uuid.uuid4().hex, back=back,
        )
    if task.state != Task.HANDLING or not actor.may("workorders.handle"):
        return ""
    reply = ("reply", "答复") if task.role == Assignment.Role.MAIN else ("assist_reply", "反馈")
    steps = (("contact", "联系", ""), ("verify", "核实拍照", ""), (*reply, " btn-primary"))
    return SafeString("".join(
        markup(STEP, tone=tone, url=action_address(order.number, code), task=task.pk, back=quote(back), label=label)
        for code, label, tone in steps
    ))


def facts(line: Line, actor: Actor | None) -> dict[str, Any]:
    """What every list says of an order."""
    order = line.order
    return {
        "number": order.number, "grouped": grouped(order.number), "url": order_address(order.number),
        "title": line.shown(order.title), "kind": KINDS.get(order.kind, order.kind),
        "state": badge(line.state_label, STATE_TONES.get(order.state, "")),
        "marks": SafeString("".join(badge(text, tone) for text, tone in marks_of(line))),
    }


def order_address(number: str) -> str:
    return _pattern("order").replace(_ANY, quote(number))


def action_address(number: str, code: str) -> str:
    return _pattern("do", code).replace(_ANY, quote(number))


@cache
def _pattern(name: str, *rest: str) -> str:
    """The address of a page of the order called `_ANY`: working one out takes longer than drawing its row."""
    return reverse(f"workorders:{name}", args=[_ANY, *rest])


def marks_of(line: Line) -> list[tuple[str, str]]:
    """What an order carries in a list: words and tone, most pressing first."""
    order = line.order
    urgent = order.urgency in {"critical", "urgent"}
    marks = [
        (line.overdue, "超期", "red"), (urgent, order.get_urgency_display() if urgent else "", "red"),
        (order.supervised, "督办", "red"), (order.urge_count, f"催办×{order.urge_count}", "amber"),
        *((True, plea_words(plea), "amber") for plea in line.pleas), (order.confidential, "保密", "red"),
        (order.is_sensitive, "敏感", "red"), (order.is_group, "群体", "red"), (order.return_count, "退过", ""),
        (order.rehandle_count, "重办", ""), (line.held_by, f"{line.held_by} 处理中", "blue"),
    ]
    return [(words, tone) for there, words, tone in marks if there]
