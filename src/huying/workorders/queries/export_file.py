"""The file of an export: the rows a list shows, contacts masked, marked with who took it out and when (R154)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor
from huying.ui.rules.sheets import MEDIA_TYPES, as_csv, as_workbook, harmless
from huying.workorders.catalog import Satisfaction
from huying.workorders.models import ExportRequest, WorkOrder
from huying.workorders.policies import sees_contact, visible_to
from huying.workorders.queries.shown import Words, words_by_order
from huying.workorders.workflow import State

HEADINGS = (
    "工单号", "外部单号", "状态", "类型", "紧急程度", "渠道", "专项", "标题", "内容", "区域", "地点", "承办单位", "受理时间",
    "派单时间", "答复时间", "办结时间", "下一到期", "答复", "满意度", "诉求人", "联系电话",
)
WIDTHS = (24, 16, 10, 8, 8, 8, 12, 30, 60, 20, 24, 24, 17, 17, 17, 17, 17, 60, 8, 10, 14)
_BATCH = 500

__all__ = ["HEADINGS", "MEDIA_TYPES", "export_file", "export_rows", "harmless", "watermark"]


def watermark(actor: Actor, row: ExportRequest) -> str:
    """Account, time, number of the request and of this very download: enough to find who took it out."""
    username = actor.staff.username if actor.staff else actor.name
    at = clock.now().astimezone(SHANGHAI)
    return f"内部资料，不得外传 · {actor.name}（{username}）· {at:%Y-%m-%d %H:%M:%S} · 导出申请 {row.pk} · 请求号 {actor.request_id}"


def export_rows(actor: Actor, ids: Sequence[int]) -> Iterator[list[str]]:
    """The orders in the order of `ids`, those no longer visible left out."""
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        related = ("contact", "unit", "region", "template")
        orders = visible_to(actor).select_related(*related).in_bulk(batch)
        shown = words_by_order(orders)
        for pk in batch:
            if pk in orders:
                yield cells(actor, orders[pk], shown[pk])


def cells(actor: Actor, order: WorkOrder, shown: Words) -> list[str]:
    """Contacts are masked for everybody; numbers and names somebody wrote into the text are masked as well."""
    contact = order.contact.masked if order.contact and sees_contact(actor, order) else {}
    return [
        order.number, order.external_number, State(order.state).label, order.get_kind_display(), order.get_urgency_display(),
        order.get_channel_display(), order.template.name, shown(order.title), shown(order.content),
        order.region.full_name if order.region else "", shown(order.place), order.unit.name if order.unit else "",
        moment(order.created_at), moment(order.dispatched_at), moment(order.replied_at), moment(order.closed_at),
        moment(order.due_at) if order.is_open else "", shown(order.answer), dict(Satisfaction.choices()).get(order.satisfaction, ""),
        contact.get("name", ""), contact.get("phone", ""),
    ]


def moment(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def export_file(row: ExportRequest, mark: str, rows: Iterable[list[str]]) -> bytes:
    """The file in the format asked for; the mark stands above the headings and, in a workbook, on every printed page."""
    if row.format == ExportRequest.Format.CSV:
        return as_csv(mark, HEADINGS, rows)
    return as_workbook("工单", mark, HEADINGS, rows, WIDTHS)
