"""One time line of everything that happened to an order: steps, notes, calls, messages, files."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from huying.audit.models import Event
from huying.kernel.clock import SHANGHAI
from huying.messaging.queries import messages_of
from huying.org.policies import Actor
from huying.workorders.catalog import Channel, Kind, Urgency
from huying.workorders.models import Assignment, Attachment, Clock, WorkOrder
from huying.workorders.queries.calls import calls_of, length_words, page_of
from huying.workorders.queries.shown import Words
from huying.workorders.rules import INPUTS
from huying.workorders.rules.hints import SHORT as HINTS
from huying.workorders.rules.wording import GROUPS, MARKS, TITLES, TONES
from huying.workorders.workflow import ACTIONS


@dataclass
class Entry:
    """One entry of the time line; `group` is what it is filtered by (`rules.wording.GROUPS`)."""

    at: datetime
    who: str
    title: str
    group: str
    mark: str = "记"
    tone: str = ""
    text: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    id: str = ""
    url: str = ""


Source = Callable[[WorkOrder, Actor], Iterable[Entry]]
SOURCES: list[Source] = []


def timeline_source(source: Source) -> Source:
    """Register what a room above adds to the time line, from its `AppConfig.ready()`."""
    if source not in SOURCES:
        SOURCES.append(source)
    return source


def timeline(actor: Actor, order: WorkOrder, events: Sequence[Event], files: dict[int, Any], shown: Words) -> list[Entry]:
    """Newest first. Units do not see the hotline's own notes and messages, and all text only as `shown` has it."""
    outside = actor.unit_id is not None
    entries = [entry_of(event, files) for event in events if not (outside and internal(event))]
    if not outside:
        entries += messages(order) + spoken(actor, order)
    for source in SOURCES:
        entries += source(order, actor)
    if outside:
        for entry in entries:
            entry.who, entry.text = shown(entry.who), shown(entry.text)
            entry.facts = [(name, shown(value)) for name, value in entry.facts]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def within(entry: Entry, group: str) -> bool:
    """Whether an entry is shown under a filter of `rules.wording.GROUPS`; "" shows all."""
    return group in {"", entry.group} or (group == "files" and bool(entry.files))


def internal(event: Event) -> bool:
    """A note the hotline made for itself."""
    return event.kind in {"comment", "send_message", "grant_reward", "pay_reward"} and event.unit_id is None


def entry_of(event: Event, files: dict[int, Any]) -> Entry:
    data = event.data
    title = TITLES.get(event.kind) or (ACTIONS[event.kind].label if event.kind in ACTIONS else event.kind)
    if event.kind == "sign" and data.get("automatic"):
        title = "视同签收"
    if event.kind == "redispatch" and not data.get("mistake"):
        title = "改派"
    ids = data.get("files") or []
    return Entry(
        at=event.at, who=event.actor_name, title=title, group=group_of(event.kind), mark=MARKS.get(event.kind, "记"),
        tone=TONES.get(event.kind, ""), text=text_of(event), facts=facts_of(data),
        files=[files[pk] for pk in ids if pk in files], id=str(event.pk),
    )


def group_of(kind: str) -> str:
    return next((name for name, (_, kinds) in GROUPS.items() if kind in kinds), "steps")


def text_of(event: Event) -> str:
    """The words somebody wrote."""
    data = event.data
    parts = [event.reason] + [str(data[name]) for name in ("opinion", "reply", "answer", "script", "text") if data.get(name)]
    return "\n".join(dict.fromkeys(part for part in parts if part))


_LABELS: tuple[tuple[str, str], ...] = (
    ("unit", "单位"), ("by", "交办单位"), ("was", "原为"), ("now", "改为"), ("assistants", "协办单位"), ("clause", "依据条款"),
    ("proposed", "建议单位"), ("decided_unit", "裁定单位"), ("blame", "责任判定"), ("who", "核实人"), ("when", "核实时间"),
    ("way", "方式"), ("finding", "事实认定"), ("outcome", "办理结果"), ("unfinished", "未反馈的协办单位"),
    ("force", "未完成说明"), ("workdays", "工作日"), ("ground", "事由"), ("until", "挂起至"), ("due", "期限"),
    ("clock", "时限"), ("code", "不予受理代码"), ("channel", "渠道"), ("kind", "类型"), ("urgency", "紧急程度"),
    ("platform", "转往"), ("target", "目标工单"), ("orders", "拆出工单"), ("points", "诉求点"), ("back_to", "退回到"),
    ("reopen_kind", "重开原因"), ("result", "拨打结果"), ("contacted", "是否联系"), ("solved", "是否解决"),
    ("satisfaction", "满意度"), ("unhappy", "不满意原因"), ("attempts", "已拨次数"), ("amount", "金额（元）"),
    ("changed", "修改"), ("overrides", "受理提示"), ("count", "次数"), ("exempt", "免回访情形"),
)
_CHOICES: dict[str, dict[str, str]] = {
    "channel": {channel.value: channel.label for channel in Channel}, "kind": {kind.value: kind.label for kind in Kind},
    "clock": {str(value): str(label) for value, label in Clock.Kind.choices},
    "role": {str(value): str(label) for value, label in Assignment.Role.choices},
    "was": {one.value: one.label for one in Urgency}, "now": {one.value: one.label for one in Urgency},
}


def facts_of(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What was said with a step besides the words, in Chinese."""
    found = [(label, worded(name, data[name])) for name, label in _LABELS if data.get(name) not in (None, "", [], {}, False)]
    return [(label, words) for label, words in found if words]


def worded(name: str, value: Any) -> str:
    if name == "changed" and isinstance(value, dict):
        names = {key: INPUTS[key].label for key in value if key in INPUTS}
        return "；".join(f"{names[key]}：{short(change['was'])} → {short(change['is'])}" for key, change in value.items() if key in names)
    if isinstance(value, dict):
        return "；".join(f"{HINTS.get(key, key)}：{reason}" for key, reason in value.items())
    if isinstance(value, list):
        return "、".join(worded(name, one) for one in value)
    choices = _CHOICES.get(name) or (dict(INPUTS[name].choices) if name in INPUTS else {})
    text = str(value)
    if text in choices:
        return choices[text]
    return moment_words(text) if name in {"when", "until", "due", "was", "now"} else text


def moment_words(text: str) -> str:
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at and at.tzinfo else text


def short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def messages(order: WorkOrder) -> list[Entry]:
    return [
        Entry(
            at=message.created_at, who=message.sent_by.name if message.sent_by else "系统",
            title=f"短信 · {message.scene_label}", group="messages", mark="信", text=message.shown_text,
            facts=[("号码", message.masked_phone), ("状态", f"{message.state_label}{f'（{message.reason}）' if message.reason else ''}")],
            id=f"m{message.pk}",
        )
        for message in messages_of(("order", order.pk))
    ]


def spoken(actor: Actor, order: WorkOrder) -> list[Entry]:
    """Calls taken or made about the order, each leading to its page with the recording."""
    return [
        Entry(
            at=row.call.entered_at, who=row.call.agent.name if row.call.agent else "系统", title=f"通话 · {row.get_kind_display()}",
            group="calls", mark="话", id=f"c{row.call_id}", url=page_of(actor, row.call),
            facts=[("号码", row.call.masked_number), ("结果", row.call.outcome_label), ("通话时长", length_words(row.call)),
                   ("录音", "有" if row.call.recordings.all() else "无")],
        )
        for row in calls_of(order)
    ]


def attachments(order: WorkOrder, *, without_voice: bool, shown: Words = str) -> list[Attachment]:
    """The files of an order. Of somebody who wants to stay unknown a unit is given neither voice nor face in motion,
    whenever it came in, nor the name of a file, which may be the person's own."""
    rows = list(order.attachments.select_related("uploaded_by"))
    for row in rows:
        row.name = row.name if by_unit(row) else shown(row.name)
    if not without_voice:
        return rows
    given = [row for row in rows if by_unit(row) or not row.media_type.startswith(("audio/", "video/"))]
    for row in given:
        row.name = row.name if by_unit(row) else f"材料{row.pk}.{row.name.rpartition('.')[2]}"
    return given


def by_unit(row: Attachment) -> bool:
    """Whether a handling unit's person put the file there."""
    return row.uploaded_by is not None and row.uploaded_by.unit_id is not None
