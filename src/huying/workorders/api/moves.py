"""Every action of an order's life as an operation of its own: its fields come from the same rows the screens use."""

from collections.abc import Callable
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, Field, WithJsonSchema, create_model

from huying.workorders.api import outputs, shapes
from huying.workorders.api.access import actor_of, find, idempotency_key
from huying.workorders.api.body import read_json, sends_something, shaped
from huying.workorders.api.inputs import Body, OneOf, takes
from huying.workorders.api.orders import KEY_PARAMETER, digest_of
from huying.workorders.api.problem import refusals, write
from huying.workorders.models import Application, Assignment, WorkOrder
from huying.workorders.operations import PERFORMERS, act
from huying.workorders.operations.once import once
from huying.workorders.queries import NoSuchOrder
from huying.workorders.queries.offers import Offer, offers
from huying.workorders.rules import INPUTS, Input
from huying.workorders.workflow import ACTIONS, Action

router = Router(tags=["动作"])
UNIT = Annotated[Any, WithJsonSchema({"type": ["string", "integer"], "maxLength": 40})]
LONG = 10**12


@router.get(
    "/workorders/{number}/actions", summary="可做的动作", operation_id="listWorkorderActions",
    response={200: outputs.ActionList, **refusals()},
)
def listing(request: HttpRequest, number: str) -> HttpResponse:
    """此人现在可对该工单做的动作，以及每个动作要填的字段。"""
    actor, order = actor_of(request), find(request, number)
    items = [offered(order, one) for one in offers(actor, order) if one.action.code in PERFORMERS]
    return write({"version": order.version, "items": items})


def offered(order: WorkOrder, one: Offer) -> dict[str, Any]:
    action = one.action
    about: list[Assignment | Application] = [*one.tasks, *one.pleas]
    targets = [{"id": row.pk, "label": row.unit.name} for row in about]
    fields = [described(name, name in action.needs) for name in (*action.needs, *action.takes)]
    for row in fields:
        if row["kind"] == "points":
            row["choices"] = [{"value": str(point.seq), "label": point.text} for point in order.points.all()]
    return {
        "code": action.code, "label": action.label, "url": f"{shapes.order_url(order.number)}/{action.code}",
        "danger": action.danger, "targets": targets, "fields": fields,
    }


def described(name: str, required: bool) -> dict[str, Any]:
    spec = INPUTS[name]
    return {
        "name": name, "label": spec.label, "kind": spec.kind, "required": required,
        "choices": [{"value": value, "label": text} for value, text in spec.choices], "help": spec.help,
        "longest": spec.longest if spec.kind in {"text", "longtext"} else None,
        "low": spec.low if spec.kind == "whole" else None, "high": spec.high if spec.kind == "whole" else None,
    }


def value_type(spec: Input) -> Any:
    """The type of one field in a request body."""
    if spec.kind == "choice":
        return Annotated[str, OneOf([value for value, _ in spec.choices])]
    if spec.kind == "whole":
        return Annotated[int, Field(ge=spec.low, le=spec.high)]
    if spec.kind == "unit":
        return UNIT
    if spec.kind == "units":
        return Annotated[list[UNIT], Field(max_length=20)]
    if spec.kind in {"files", "points"}:
        return Annotated[list[Annotated[int, Field(ge=1, le=LONG)]], Field(max_length=50)]
    if spec.kind == "moment":
        return Annotated[str, Field(max_length=40, json_schema_extra={"format": "date-time"})]
    return Annotated[str, Field(max_length=spec.longest)]


def body_model(action: Action) -> type[BaseModel]:
    """The schema of an action's body. Which fields are really needed is decided, and said, by `operations.clean`."""
    fields: dict[str, Any] = {}
    for name in (*action.needs, *action.takes):
        spec = INPUTS[name]
        about = Field(default=... if name in action.needs else None, description=spec.label + (f"。{spec.help}" if spec.help else ""))
        fields[name] = (value_type(spec) if name in action.needs else value_type(spec) | None, about)
    if action.on != "order":
        what = "任务" if action.on == "assignment" else "申请"
        fields["target"] = (int | None, Field(None, ge=1, le=LONG, description=f"{what}的 id；只有一个合适时可省略"))
    fields["version"] = (int | None, Field(None, ge=1, le=LONG, description="提交人所见的版本号，用于不可撤回的动作"))
    model: type[BaseModel] = create_model(f"{action.code}_body", __base__=Body, **fields)
    model.__doc__ = action.label
    return model


def operation(action: Action) -> Callable[[HttpRequest, str], HttpResponse]:
    """The view of one action. Whether the person may is asked before what was sent is looked at."""
    model = body_model(action)

    def perform(request: HttpRequest, number: str) -> HttpResponse:
        actor, key, order = actor_of(request), idempotency_key(request), find(request, number)
        if action.code not in PERFORMERS:
            raise NoSuchOrder("系统没有启用这个动作")
        actor.must(action.permission)
        data = read_json(request) if sends_something(request) else {}
        sent = shaped(data, model).model_dump(exclude_none=True)
        about = {"target": sent.pop("target", None), "version": sent.pop("version", None)}

        def effect() -> WorkOrder:
            return act(actor=actor, number=order.number, code=action.code, data=sent, **about)

        with transaction.atomic():
            if key:
                once(actor, key, digest_of(request.path, data), effect)
            else:
                effect()
        return write(shapes.order(shapes.whole(WorkOrder.objects.filter(pk=order.pk)).get(), actor))

    perform.__name__ = f"perform_{action.code}"
    perform.__doc__ = (
        f"需要权限 {action.permission}。同一 Idempotency-Key 重复提交只生效一次；已被他人处理时返回 409，并说明何人何时做了什么。"
    )
    return perform


def register() -> None:
    """One route per action; the clocks' own and the citizen's are nobody's to take here."""
    for action in ACTIONS.values():
        if action.side in {"system", "citizen"}:
            continue
        router.post(
            f"/workorders/{{number}}/{action.code}", summary=action.label, operation_id=action.code,
            response={200: outputs.Order, **refusals(409, 413)},
            openapi_extra={
                **takes(body_model(action), required=bool(action.needs)), "parameters": [KEY_PARAMETER],
            },
        )(operation(action))


register()
