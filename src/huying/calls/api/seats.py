"""Seats and queues at this moment."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field, PlainSerializer

from huying.calls.models import SeatSession
from huying.calls.queries.queues import QueueNow, queues_now
from huying.calls.queries.seats import counts, open_seats
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.policies import Actor
from huying.org.queries import centres_of

router = Router(tags=["话务"])
Moment = Annotated[
    datetime, PlainSerializer(lambda at: at.astimezone(SHANGHAI).isoformat(timespec="milliseconds"), return_type=str)
]


class SeatOut(BaseModel):
    """一个已签入的坐席。"""

    extension: str = Field(description="分机号")
    username: str
    name: str = Field(description="姓名")
    centre: str = Field(description="运营中心编码")
    state: str = Field(description="ready 空闲、busy 置忙、ringing 振铃、talking 通话、wrap_up 话后处理")
    state_label: str
    reason: str = Field(description="置忙原因代码")
    since: Moment = Field(description="进入该状态的时刻")
    signed_in_at: Moment
    call: int | None = Field(description="手上的通话")
    next_state: str = Field(description="通话结束后要进入的状态")


class SeatsOut(BaseModel):
    """全部已签入的坐席和各状态人数。"""

    at: Moment
    counts: dict[str, int]
    items: list[SeatOut]


class QueueOut(BaseModel):
    """一个技能组。秒数从请求人工起算，放弃的也在 asked 之内。"""

    code: str
    name: str
    centre: str
    waiting: int = Field(description="正在排队的人数")
    longest_wait_s: float = Field(description="等得最久的人已等待的秒数")
    asked: int = Field(description="今日请求人工次数")
    answered: int = Field(description="今日接听次数")
    within_15s: int = Field(description="今日 15 秒内接听次数")
    within_20s: int = Field(description="今日 20 秒内接听次数")
    seats: dict[str, int] = Field(description="在本组的坐席，按状态")


class QueuesOut(BaseModel):
    at: Moment
    items: list[QueueOut]


@router.get("/seats", response=SeatsOut, summary="坐席状态", operation_id="list_seats")
def seats(request: HttpRequest) -> dict[str, Any]:
    found = list(open_seats(_centres(request)).select_related("staff", "phone", "call", "centre"))
    return {"at": clock.now(), "counts": counts(found), "items": [_seat(seat) for seat in found]}


@router.get("/queues", response=QueuesOut, summary="排队情况", operation_id="list_queues")
def queues(request: HttpRequest) -> dict[str, Any]:
    centres = _centres(request)
    found = list(open_seats(centres))
    return {"at": clock.now(), "items": [_queue(row, found) for row in queues_now(centres)]}


def _centres(request: HttpRequest) -> list[int]:
    """Raises NotAllowed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must("calls.monitor")
    return centres_of(actor.staff) if actor.staff else []


def _seat(seat: SeatSession) -> dict[str, Any]:
    return {
        "extension": seat.phone.extension, "username": seat.staff.username, "name": seat.staff.name, "centre": seat.centre.code,
        "state": seat.state, "state_label": seat.state_label, "reason": seat.reason, "since": seat.state_since,
        "signed_in_at": seat.started_at, "call": seat.call_id, "next_state": seat.next_state,
    }


def _queue(row: QueueNow, seats: list[SeatSession]) -> dict[str, Any]:
    group = row.group
    return {
        "code": group.code, "name": group.name, "centre": group.centre.code, "waiting": row.waiting,
        "longest_wait_s": round(row.longest_wait_s, 1), "asked": row.asked, "answered": row.answered,
        "within_15s": row.within_15s, "within_20s": row.within_20s,
        "seats": counts(seat for seat in seats if str(group.pk) in seat.groups),
    }
