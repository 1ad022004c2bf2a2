"""The list of orders, newest first, with filters: the same lanes over indexes and the same search as on screen."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import AfterValidator, Field, WithJsonSchema

from huying.kernel import clock
from huying.org.models import Unit
from huying.org.policies import Actor
from huying.workorders.api import outputs, shapes
from huying.workorders.api.access import actor_of
from huying.workorders.api.body import bad_input, moment
from huying.workorders.api.inputs import OneOf, words
from huying.workorders.api.orders import router
from huying.workorders.api.paging import Paging, beyond, cut
from huying.workorders.api.problem import refusals, write
from huying.workorders.catalog import Kind
from huying.workorders.models import WorkOrder
from huying.workorders.policies import visible_to
from huying.workorders.queries.filters import Filters, branch_of
from huying.workorders.queries.lanes import Cursor, Place
from huying.workorders.queries.lists import lanes_of
from huying.workorders.queries.search import WINDOW, found
from huying.workorders.queries.shown import words_for_all
from huying.workorders.rules.desks import DESKS, Desk
from huying.workorders.workflow import State

STATES = {str(state) for state in State}
_ONE = "|".join(sorted(STATES))
_DAY = timedelta(days=1)


def several_states(text: str) -> str:
    if unknown := [part for part in text.split(",") if part and part not in STATES]:
        raise ValueError(f"没有状态“{unknown[0][:20]}”，可用：{'、'.join(sorted(STATES))}")
    return text


def a_time(text: str) -> str:
    if text:
        moment(text)
    return text


States = Annotated[
    str, AfterValidator(several_states), WithJsonSchema({"type": "string", "pattern": f"^(({_ONE})(,({_ONE}))*)?$"})
]
Time = Annotated[
    str, AfterValidator(a_time), WithJsonSchema({"type": "string", "pattern": r"^(\d{4}-\d{2}-\d{2}([T ].*)?)?$"})
]


class Wanted(Paging):
    status: States = Field("", description="状态，可用逗号分隔多个：" + words(State))
    unit: str = Field("", max_length=40, description="主办单位的编码或编号，含其下级")
    type: Annotated[str, OneOf(["", *Kind])] = Field("", description="诉求类型：" + words(Kind))
    q: str = Field(
        "", max_length=50,
        description=f"在标题、内容、地点和答复中查找，空格分开的各词须都出现；未给出 created_from 时只找最近 {WINDOW.days} 天。"
                    "也可填完整的工单号或外部单号",
    )
    created_from: Time = Field("", description="受理时间起（含），日期或 ISO 8601 时间")
    created_to: Time = Field("", description="受理时间止（含）")


@router.get(
    "/workorders", summary="查询工单", operation_id="listWorkorders", url_name="workorders",
    response={200: outputs.Page, **refusals()},
)
def listing(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """本人可见范围内的工单，按受理时间（承办单位按派单时间）从新到旧；按游标翻页。"""
    actor = actor_of(request)
    named = named_outright(actor, wanted)
    places = named if named is not None else places_of(actor, wanted)
    page, following = cut(request, places, wanted, "orders", lambda place: [place.at.isoformat(), place.subject])
    rows = visible_to(actor).select_related("region", "unit").in_bulk([place.order for place in page])
    shown = words_for_all(actor, rows)
    return write({"items": [shapes.summary(rows[place.order], shown[place.order]) for place in page if place.order in rows], **following})


def places_of(actor: Actor, wanted: Wanted) -> list[Place]:
    """The rows of the page and one more, if there is one."""
    position = beyond(wanted, "orders")
    start = Cursor(datetime.fromisoformat(position[0]), int(position[1])) if position else None
    filters, most = filters_of(wanted), wanted.limit + 1
    if filters.text:
        until = filters.until or clock.now() + _DAY
        bounded = replace(filters, since=filters.since or until - WINDOW, until=until)
        return list(found(actor, bounded, None, start, most))
    return lanes_of(actor, desk_of(actor), filters).page(most, start)


def desk_of(actor: Actor) -> Desk:
    """The list that holds all this person may know of."""
    if actor.unit_id:
        return DESKS["unit", "all"]
    return DESKS["centre", "all" if actor.may("workorders.view_centre") else "mine"]


def filters_of(wanted: Wanted) -> Filters:
    """Raises BadInput for a unit there is not."""
    until = moment(wanted.created_to) if wanted.created_to else None
    return Filters(
        states=tuple(part for part in wanted.status.split(",") if part), kind=wanted.type, text=wanted.q.strip(),
        units=units_of(wanted.unit) if wanted.unit else (),
        since=moment(wanted.created_from) if wanted.created_from else None,
        until=until + (_DAY if len(wanted.created_to) == 10 else timedelta(milliseconds=1)) if until else None,
    )


def units_of(text: str) -> tuple[int, ...]:
    """The unit of that code or id with all below it."""
    key = int(text) if text.isdecimal() and len(text) < 15 else 0
    unit = Unit.objects.filter(pk=key).first() or Unit.objects.filter(code=text).order_by("path").first()
    if unit is None:
        raise bad_input({"unit": "没有这个承办单位"})
    return branch_of(unit.pk)


def named_outright(actor: Actor, wanted: Wanted) -> list[Place] | None:
    """The one order whose number is asked for, when `q` is a number and nothing else narrows; None otherwise."""
    code = "".join(wanted.q.split())
    if len(code) < 6 or not code.isascii() or wanted.cursor or not any(sign.isdigit() for sign in code):
        return None
    hits: list[WorkOrder] = list(visible_to(actor).filter(Q(number=code) | Q(external_number=code)).order_by("-id")[:1])
    return [Place(row.pk, row.pk, row.created_at) for row in hits] or None
