"""The list of orders, newest first, with filters."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import AfterValidator, Field, WithJsonSchema

from huying.kernel.clock import SHANGHAI
from huying.org.models import Unit
from huying.workorders.api import outputs, shapes
from huying.workorders.api.access import actor_of
from huying.workorders.api.body import bad_input, moment
from huying.workorders.api.inputs import words
from huying.workorders.api.orders import router
from huying.workorders.api.paging import Paging, beyond, cut
from huying.workorders.api.problem import refusals, write
from huying.workorders.catalog import Kind
from huying.workorders.models import Assignment, WorkOrder
from huying.workorders.policies import visible_to
from huying.workorders.workflow import State


def several(known: set[str]) -> AfterValidator:
    """Values of a list separated by commas, all of them known."""

    def check(text: str) -> str:
        if unknown := [part for part in text.split(",") if part and part not in known]:
            raise ValueError(f"没有“{unknown[0][:20]}”，可用：{'、'.join(sorted(known))}")
        return text

    return AfterValidator(check)


def a_time(text: str) -> str:
    if text:
        moment(text)
    return text


def list_of(known: set[str]) -> WithJsonSchema:
    one = "|".join(sorted(known))
    return WithJsonSchema({"type": "string", "pattern": f"^(({one})(,({one}))*)?$"})


STATES, KINDS = {str(state) for state in State}, {str(kind) for kind in Kind}
TIME = WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]})


class Filters(Paging):
    status: Annotated[str, several(STATES), list_of(STATES)] = Field(
        "", description="状态，可用逗号分隔多个：" + words(State)
    )
    unit: str = Field("", max_length=40, description="承办单位的编码或编号，含其下级")
    type: Annotated[str, several(KINDS), list_of(KINDS)] = Field("", description="诉求类型，可用逗号分隔多个：" + words(Kind))
    q: str = Field("", max_length=50, description="在标题、内容、地点和答复中查找；也可填工单号")
    created_from: Annotated[str, AfterValidator(a_time), TIME] = Field("", description="受理时间起（含），日期或 ISO 8601 时间")
    created_to: Annotated[str, AfterValidator(a_time), TIME] = Field("", description="受理时间止（含）")


@router.get(
    "/workorders", summary="查询工单", operation_id="listWorkorders", response={200: outputs.Page, **refusals()}
)
def listing(request: HttpRequest, filters: Query[Filters]) -> HttpResponse:
    """本人可见范围内的工单，按受理时间从新到旧；按游标翻页。"""
    actor = actor_of(request)
    rows = narrowed(visible_to(actor), filters).select_related("region", "unit").order_by("-created_at", "-id")
    if position := beyond(filters, "orders"):
        at, last = datetime.fromisoformat(position[0]), position[1]
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last), created_at__lte=at)
    found = list(rows[: filters.limit + 1])
    page, following = cut(request, found, filters, "orders", lambda row: [row.created_at.isoformat(), row.pk])
    shown = shapes.words_for(actor)
    return write({"items": [shapes.summary(row, shown) for row in page], **following})


def narrowed(rows: QuerySet[WorkOrder], filters: Filters) -> QuerySet[WorkOrder]:
    """The rows that fit every filter named."""
    if filters.status:
        rows = rows.filter(state__in=filters.status.split(","))
    if filters.type:
        rows = rows.filter(kind__in=filters.type.split(","))
    if filters.created_from:
        rows = rows.filter(created_at__gte=moment(filters.created_from))
    if filters.created_to:
        rows = rows.filter(created_at__lte=end_of(filters.created_to))
    if filters.unit:
        rows = rows.filter(sent_to(filters.unit))
    return found_by(rows, filters.q) if filters.q.strip() else rows


def end_of(text: str) -> datetime:
    """A date alone means its whole day in Shanghai."""
    at = moment(text)
    return at.astimezone(SHANGHAI).replace(hour=23, minute=59, second=59, microsecond=999999) if len(text) == 10 else at


def sent_to(text: str) -> Any:
    """Orders with this unit or a unit below it, whoever of them has the main part."""
    units = Unit.objects.filter(pk=int(text)) if text.isdecimal() and len(text) < 15 else Unit.objects.none()
    unit = units.first() or Unit.objects.filter(code=text).first()
    if unit is None:
        raise bad_input({"unit": "没有这个承办单位"})
    return Exists(Assignment.objects.filter(order=OuterRef("pk"), unit__path__startswith=unit.path))


def found_by(rows: QuerySet[WorkOrder], text: str) -> QuerySet[WorkOrder]:
    text = text.strip()
    number = text.replace(" ", "")
    said = Q(title__icontains=text) | Q(content__icontains=text) | Q(place__icontains=text) | Q(answer__icontains=text)
    return rows.filter(said | Q(number=number) | Q(external_number=number))
