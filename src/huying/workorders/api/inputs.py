"""What may be sent: the schemas of request bodies, strict, with nothing unknown let through unseen."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from huying.workorders.api.body import moment
from huying.workorders.catalog import Kind, Labelled, Urgency, Way


class OneOf:
    """Annotation: one of these texts, usually the values of a catalogue list."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = [str(value) for value in values]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(self.values)


def words(labelled: type[Labelled]) -> str:
    return "；".join(f"{member.value} {member.label}" for member in labelled)


class Body(BaseModel):
    """A request body: no silent conversions, no unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _moment(value: Any) -> Any:
    if value is not None and not isinstance(value, str):
        raise ValueError("时间应为文字，如 2026-11-20T09:05:00+08:00")
    return moment(value) if value is not None else None


Moment = Annotated[Any, BeforeValidator(_moment), WithJsonSchema({"type": ["string", "null"], "format": "date-time"})]


class CallerIn(Body):
    """诉求人。匿名诉求请写 {"kind": "anonymous"}。"""

    name: str = Field("", max_length=40, description="姓名")
    phone: str = Field("", max_length=30, description="联系电话；非匿名诉求必填")
    id_number: str = Field("", max_length=30, description="证件号码")
    gender: str = Field("", max_length=6, description="性别")
    kind: Literal["resident", "enterprise", "tourist", "anonymous"] = Field(
        "resident", description="resident 居民；enterprise 企业；tourist 游客；anonymous 匿名"
    )


Extra = Annotated[dict[str, str | int | bool | None], Field(max_length=50)]


class OrderIn(Body):
    """一件诉求。"""

    type: Annotated[str, OneOf(Kind)] = Field(description=words(Kind))
    title: str = Field(min_length=2, max_length=100, description="标题")
    content: str = Field(min_length=5, max_length=5000, description="诉求内容")
    caller: CallerIn = Field(description="诉求人；姓名、电话、证件号、详细地址加密保存，返回时一律脱敏")
    region: str = Field("", max_length=12, pattern=r"^[0-9]*$", description="行政区划代码，6、9 或 12 位")
    place: str = Field("", max_length=200, description="地点（不含门牌）")
    address: str = Field("", max_length=200, description="详细地址（加密保存）")
    address_way: Annotated[str, OneOf(Way)] | None = Field(None, description=f"与诉求人核对地址的方式：{words(Way)}")
    points: list[Annotated[str, Field(max_length=500)]] = Field([], max_length=20, description="一次来话中的多个诉求点")
    urgency: Annotated[str, OneOf(Urgency)] = Field("normal", description=words(Urgency))
    template: str = Field("general", min_length=1, max_length=40, description="专项模板编码")
    fields: Extra = Field({}, description="专项模板要求的字段")
    confidential: bool | None = Field(None, description="对承办单位保密；省略时举报类默认保密")
    is_group: bool = Field(False, description="群体诉求")
    is_sensitive: bool = Field(
        False,
        description="敏感：此后只有授权人可见。需要权限 workorders.view_sensitive 或 workorders.review_special，否则 403",
    )
    event_at: Moment = Field(None, description="事发时间，ISO 8601；不带时区按北京时间")
    external_number: str = Field("", max_length=60, description="来源系统的单号")
    then: Literal["review", "draft"] = Field("review", description="review 送审；draft 留在受理人手中继续完善")


class RevealIn(Body):
    """查看一个敏感字段。"""

    field: Literal["name", "phone", "id_number", "address"] = Field(description="要查看的字段")
    reason: str = Field(min_length=4, max_length=500, description="查看原因；会被记录，诉求人可以看到次数")


def body_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a body with everything inlined: these schemas are used once each."""
    schema = model.model_json_schema()
    inlined: dict[str, Any] = _inline(schema, schema.pop("$defs", {}))
    return inlined


def _inline(part: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(part, dict):
        if "$ref" in part:
            target = definitions[part["$ref"].rsplit("/", 1)[-1]]
            part = {**target, **{key: value for key, value in part.items() if key != "$ref"}}
        named = {key: value for key, value in part.items() if key != "title" or not isinstance(value, str)}
        return {key: _inline(value, definitions) for key, value in named.items()}
    return [_inline(row, definitions) for row in part] if isinstance(part, list) else part


def takes(model: type[BaseModel], *, example: Any = None, required: bool = True) -> dict[str, Any]:
    """`openapi_extra` of an operation whose body the view reads itself (rights are looked at before the content)."""
    content: dict[str, Any] = {"schema": body_schema(model)}
    if example is not None:
        content["example"] = example
    return {"requestBody": {"required": required, "content": {"application/json": content}}}
