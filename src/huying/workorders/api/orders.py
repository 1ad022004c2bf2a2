"""Orders through the API: create, find, read, their history, one secret field."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from huying.audit.models import Access, Event
from huying.audit.operations import note_access
from huying.citizens.operations import reveal
from huying.kernel.phones import is_phone, normalise_phone
from huying.org.models import Region
from huying.org.policies import Actor, NotAllowed
from huying.workorders.api import outputs, shapes
from huying.workorders.api.access import actor_of, find, idempotency_key
from huying.workorders.api.body import bad_input, read_json, shaped
from huying.workorders.api.inputs import CallerIn, OrderIn, RevealIn, takes
from huying.workorders.api.paging import Paging, beyond, cut
from huying.workorders.api.problem import refusals, write
from huying.workorders.catalog import Channel
from huying.workorders.operations import NewOrder, create_once, create_order
from huying.workorders.policies import marks_sensitive, sees_contact, visible_to
from huying.workorders.queries import NoSuchOrder
from huying.workorders.queries.shown import words_for
from huying.workorders.queries.timeline import internal
from huying.workorders.rules import BadInput
from huying.workorders.workflow import State

router = Router(tags=["工单"])
EXAMPLE = {
    "type": "complaint", "title": "路灯不亮", "content": "海湾社区门前的路灯已经三天不亮，晚上出行不安全。",
    "caller": {"name": "张三", "phone": "13907700001"}, "region": "450602001001", "address": "海湾小区 3 栋 501",
}
KEY_PARAMETER = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
    "description": "同一键、同一内容重复提交只受理一次并返回 200；内容不同返回 409",
}


def digest_of(path: str, data: Any) -> bytes:
    """What makes two requests the same: address and content, whatever the spacing and order of keys."""
    text = json.dumps([path, data], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


@router.post(
    "/workorders", summary="提交诉求", operation_id="createWorkorder", url_name="workorders",
    response={201: outputs.Created, 200: outputs.Created, **refusals(409, 413)},
    openapi_extra={**takes(OrderIn, example=EXAMPLE), "parameters": [KEY_PARAMETER]},
)
def create(request: HttpRequest) -> HttpResponse:
    """受理一件诉求，返回工单号。需要权限 workorders.intake；登记为敏感另需权限。

    带 Idempotency-Key 重复提交不会重复受理。"""
    actor, key = actor_of(request), idempotency_key(request)
    actor.must("workorders.intake")
    data = read_json(request)
    sent = read_order(data)
    if sent.is_sensitive and not marks_sensitive(actor):
        raise NotAllowed("你没有登记敏感诉求的权限", fields={"is_sensitive": "登记敏感诉求需要“查看敏感与保密工单”或“特殊单审核”权限"})

    state = State.DRAFT if sent.then == "draft" else State.TO_REVIEW
    about: dict[str, Any] = {"actor": actor, "centre": centre_of(actor), "new": new_order(sent), "state": state}
    done = create_once(**about, key=key, digest=digest_of(request.path, data)) if key else None
    order = done.order or find(request, done.number) if done else create_order(**about)
    fresh = done is None or done.order is not None
    return write(
        shapes.created(order), status=201 if fresh else 200, headers={"Location": shapes.order_url(order.number)}
    )


def read_order(data: Any) -> OrderIn:
    """What was sent, or every fault of it at once: of its form, of the caller, of the place. Raises BadInput."""
    sent, wrong = None, dict[str, str]()
    try:
        sent = shaped(data, OrderIn)
    except BadInput as bad:
        if not bad.fields:
            raise
        wrong |= bad.fields
    if not any(name.startswith("caller") for name in wrong):
        wrong |= caller_faults(CallerIn.model_validate(data["caller"]))
    if sent and not wrong:
        return sent
    region = data.get("region")
    if region and isinstance(region, str) and "region" not in wrong and not Region.objects.filter(pk=region).exists():
        wrong["region"] = f"没有区划代码 {region}"
    raise bad_input(wrong)


def caller_faults(caller: CallerIn) -> dict[str, str]:
    """Whoever is not anonymous leaves a number that can be called; otherwise nobody could ever answer."""
    words = ""
    if caller.kind == "anonymous" and not caller.phone:
        pass
    elif not any(sign.isdigit() for sign in caller.phone):
        words = "请填写联系电话；匿名诉求请将 caller.kind 设为 anonymous"
    elif not set(caller.phone) <= set("0123456789+()（）- "):
        words = "电话号码只能含数字、空格、括号、加号和连字符"
    elif not can_be_called(caller.phone):
        words = "电话号码不对：应为手机号、固定电话或服务号码；境外号码请以 + 或 00 开头"
    return {"caller.phone": words} if words else {}


def can_be_called(phone: str) -> bool:
    """A number of the mainland, or one from abroad that says so; a digit too few is seen before anybody dials it."""
    bare, digits = phone.strip(), normalise_phone(phone)
    return is_phone(digits) or (bare.startswith(("+", "00")) and 8 <= len(digits) <= 17)


def centre_of(actor: Actor) -> Any:
    if actor.staff is None:
        raise NotAllowed
    return actor.staff.centre


def new_order(sent: OrderIn) -> NewOrder:
    caller = sent.caller
    return NewOrder(
        kind=sent.type, title=sent.title, content=sent.content, channel=Channel.API, points=list(sent.points),
        template=sent.template, urgency=sent.urgency, region=sent.region, place=sent.place, address=sent.address,
        address_way=sent.address_way or "", event_at=sent.event_at, confidential=sent.confidential,
        is_group=sent.is_group, is_sensitive=sent.is_sensitive, fields=sent.fields, name=caller.name, phone=caller.phone,
        id_number=caller.id_number, gender=caller.gender, caller_kind=caller.kind, external_number=sent.external_number,
    )


@router.get(
    "/workorders/{number}", summary="查看工单", operation_id="readWorkorder",
    response={200: outputs.Order, **refusals()},
)
def read(request: HttpRequest, number: str) -> HttpResponse:
    """工单全部内容。联系信息脱敏；承办单位看到的文字隐去号码和诉求人姓名，保密工单不含诉求人。查看留痕。"""
    actor = actor_of(request)
    order = shapes.whole(visible_to(actor)).filter(number=number).first() if len(number) <= 40 else None
    if order is None:
        raise NoSuchOrder
    note_access(
        Access.Kind.VIEW, actor=actor, centre_id=order.centre_id, stream="order", stream_id=order.pk, path=request.path
    )
    return write(shapes.order(order, actor))


@router.get(
    "/workorders/{number}/events", summary="查看工单历史", operation_id="listWorkorderEvents",
    response={200: outputs.EventPage, **refusals()},
)
def events(request: HttpRequest, number: str, paging: Query[Paging]) -> HttpResponse:
    """工单的全部步骤，从旧到新；只增不改，逐条以国密 SM3 相链。承办单位看不到中心内部的备注。"""
    actor, order = actor_of(request), find(request, number)
    rows = Event.objects.filter(stream="order", stream_id=order.pk).order_by("seq")
    if position := beyond(paging, "events"):
        rows = rows.filter(seq__gt=position[0])
    page, following = cut(request, list(rows[: paging.limit + 1]), paging, "events", lambda row: [row.seq])
    shown, words = [row for row in page if not (actor.unit_id and internal(row))], words_for(actor, order)
    return write({"items": [shapes.event(row, actor, words) for row in shown], **following})


@router.post(
    "/workorders/{number}/reveal", summary="查看敏感字段", operation_id="revealWorkorderField",
    response={200: outputs.Revealed, **refusals()}, openapi_extra=takes(RevealIn),
)
def reveal_field(request: HttpRequest, number: str) -> HttpResponse:
    """写明原因后查看一个敏感字段的明文；每次查看留痕，诉求人可以看到次数。"""
    actor, order = actor_of(request), find(request, number)
    actor.must("citizens.reveal")
    if not sees_contact(actor, order):
        raise NotAllowed("这是保密诉求，承办单位不能查看诉求人信息")
    sent = shaped(read_json(request), RevealIn)
    value = ""
    if order.contact is not None:
        value = reveal(
            actor=actor, contact=order.contact, field=sent.field, reason=sent.reason, stream="order", stream_id=order.pk
        )
    return write({"field": sent.field, "value": value})
