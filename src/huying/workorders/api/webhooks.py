"""Subscriptions to events: managed here, delivered by the worker."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from huying.org.policies import Actor
from huying.workorders.api import webhook_outputs
from huying.workorders.api.access import actor_of
from huying.workorders.api.body import read_json, shaped
from huying.workorders.api.inputs import Body, OneOf, takes
from huying.workorders.api.paging import Paging, beyond, cut
from huying.workorders.api.problem import refusals, write
from huying.workorders.api.shapes import API
from huying.workorders.models import Delivery, Webhook
from huying.workorders.operations.webhooks import change, replay, subscribe, unsubscribe
from huying.workorders.operations.webhooks.subscribe import EVENTS
from huying.workorders.queries import NoSuchOrder
from huying.workorders.queries.webhooks import managed_by

router = Router(tags=["事件订阅"])
Event = Annotated[str, OneOf(EVENTS)]
ABOUT_EVENTS = (
    "created 新受理；动作代码（如 sign、reply）；* 工单的全部；"
    "call.entered、call.rang、call.answered、call.ended 通话；call.* 通话的全部"
)
ABOUT_KEY = "签名密钥，16 到 100 个英文字符；省略时自动生成"
LARGEST = 2**62


class NoSuchWebhook(NoSuchOrder):
    code = "no_such_webhook"
    message = "没有找到这个事件订阅"


class NoSuchDelivery(NoSuchOrder):
    code = "no_such_delivery"
    message = "没有找到这次投递"


class WebhookIn(Body):
    """一个事件订阅。"""

    url: str = Field(min_length=8, max_length=500, description="接收地址，http 或 https；不能指向内部网络")
    events: list[Event] = Field(min_length=1, max_length=100, description=ABOUT_EVENTS)
    secret: str | None = Field(None, min_length=16, max_length=100, description=ABOUT_KEY)


class WebhookChange(Body):
    """要修改的内容；省略的不变。"""

    url: str | None = Field(None, min_length=8, max_length=500, description="接收地址")
    events: list[Event] | None = Field(None, min_length=1, max_length=100, description=ABOUT_EVENTS)
    secret: str | None = Field(None, min_length=16, max_length=100, description=ABOUT_KEY)
    is_active: bool | None = Field(None, description="是否启用")


def shown(row: Webhook, *, secret: bool = False) -> dict[str, Any]:
    said = {
        "id": row.pk, "url": row.url, "events": row.events, "is_active": row.is_active, "owner": row.staff.name,
        "created_at": row.created_at,
    }
    return {**said, "secret": row.secret} if secret else said


def delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk, "key": str(row.key), "event": row.kind, "number": row.number, "state": row.state,
        "state_label": Delivery.State(row.state).label, "tries": row.tries, "replay_of": row.replay_of_id,
        "created_at": row.created_at, "next_at": row.next_at, "done_at": row.done_at,
    }


def manager(request: HttpRequest) -> Actor:
    """Who asks, if that person may manage subscriptions. Raises NotAllowed."""
    actor = actor_of(request)
    actor.must("workorders.webhooks")
    return actor


def find(actor: Actor, webhook: int) -> Webhook:
    """Raises NoSuchWebhook."""
    row = managed_by(actor).select_related("staff").filter(pk=webhook).first() if webhook < LARGEST else None
    if row is None:
        raise NoSuchWebhook
    return row


@router.get("/webhooks", summary="订阅列表", operation_id="listWebhooks", response={200: webhook_outputs.WebhookList, **refusals()})
def listing(request: HttpRequest) -> HttpResponse:
    """本中心（承办单位人员为本人）的事件订阅。需要权限 workorders.webhooks。"""
    rows = managed_by(manager(request)).select_related("staff")
    return write({"items": [shown(row) for row in rows]})


@router.post(
    "/webhooks", summary="新建订阅", operation_id="createWebhook", response={201: webhook_outputs.WebhookMade, **refusals(409, 413)},
    openapi_extra=takes(WebhookIn, example={"url": "https://example.org/hook", "events": ["created", "reply"]}),
)
def create(request: HttpRequest) -> HttpResponse:
    """新建订阅；`secret` 只在此时返回一次。

    每次投递为 POST，正文为 JSON，带 `Huying-Signature: t=时间戳,v1=签名`，签名为 HMAC-SHA256(secret, "时间戳.正文") 的十六进制；
    `Huying-Delivery` 在重试时不变，可用于去重。应答 2xx 即送达，否则按 5 秒、30 秒、2 分、10 分、1 时、6 时、24 时重试；应答 410 不再重试。
    """
    actor = manager(request)
    sent = shaped(read_json(request), WebhookIn)
    row = subscribe(actor=actor, url=sent.url, events=sent.events, secret=sent.secret or "")
    return write(shown(row, secret=True), status=201, headers={"Location": f"{API}/webhooks/{row.pk}"})


@router.get(
    "/webhooks/{int:webhook}", summary="查看订阅", operation_id="readWebhook",
    response={200: webhook_outputs.WebhookOut, **refusals()},
)
def read(request: HttpRequest, webhook: int) -> HttpResponse:
    return write(shown(find(manager(request), webhook)))


@router.patch(
    "/webhooks/{int:webhook}", summary="修改订阅", operation_id="changeWebhook",
    response={200: webhook_outputs.WebhookOut, **refusals(413)}, openapi_extra=takes(WebhookChange),
)
def modify(request: HttpRequest, webhook: int) -> HttpResponse:
    """修改、停用或启用；此后按修改人的可见范围投递。"""
    actor = manager(request)
    row = find(actor, webhook)
    sent = shaped(read_json(request), WebhookChange)
    return write(shown(change(actor=actor, webhook=row, **sent.model_dump(exclude_none=True))))


@router.delete(
    "/webhooks/{int:webhook}", summary="删除订阅", operation_id="deleteWebhook", response={204: None, **refusals()}
)
def remove(request: HttpRequest, webhook: int) -> HttpResponse:
    """删除订阅及其投递记录。"""
    actor = manager(request)
    unsubscribe(actor=actor, webhook=find(actor, webhook))
    return HttpResponse(status=204)


@router.get(
    "/webhooks/{int:webhook}/deliveries", summary="投递记录", operation_id="listDeliveries",
    response={200: webhook_outputs.DeliveryPage, **refusals()},
)
def deliveries(request: HttpRequest, webhook: int, paging: Query[Paging]) -> HttpResponse:
    """每次投递及其全部尝试，从新到旧。"""
    rows = Delivery.objects.filter(webhook=find(manager(request), webhook)).order_by("-id")
    if position := beyond(paging, "deliveries"):
        rows = rows.filter(pk__lt=position[0])
    page, following = cut(request, list(rows[: paging.limit + 1]), paging, "deliveries", lambda row: [row.pk])
    return write({"items": [delivery(row) for row in page], **following})


@router.post(
    "/webhooks/{int:webhook}/deliveries/{int:one}/replay", summary="重新投递", operation_id="replayDelivery",
    response={201: webhook_outputs.DeliveryOut, **refusals()},
)
def again(request: HttpRequest, webhook: int, one: int) -> HttpResponse:
    """把同样的内容再投递一次，作为一次新的投递。"""
    actor = manager(request)
    row = Delivery.objects.filter(webhook=find(actor, webhook), pk=one).first() if one < LARGEST else None
    if row is None:
        raise NoSuchDelivery
    return write(delivery(replay(actor=actor, delivery=row)), status=201)
