"""What the interface says of subscriptions and their deliveries."""

from pydantic import BaseModel, Field

from huying.workorders.api.outputs import Moment


class WebhookOut(BaseModel):
    """一个事件订阅。"""

    id: int
    url: str
    events: list[str]
    is_active: bool
    owner: str = Field(description="按谁的可见范围投递")
    created_at: Moment


class WebhookMade(WebhookOut):
    secret: str = Field(description="签名密钥，只在新建时返回")


class WebhookList(BaseModel):
    items: list[WebhookOut]


class TryOut(BaseModel):
    """一次尝试。"""

    at: Moment
    status: int | None = Field(description="对方应答的状态码；没有应答时为 null")
    ms: int = Field(description="耗时，毫秒")
    error: str


class DeliveryOut(BaseModel):
    """一次投递。"""

    id: int
    key: str = Field(description="Huying-Delivery 的值")
    event: str
    number: str
    state: str
    state_label: str
    tries: list[TryOut]
    replay_of: int | None
    created_at: Moment
    next_at: Moment | None
    done_at: Moment | None


class DeliveryPage(BaseModel):
    items: list[DeliveryOut]
    next_cursor: str | None
    next: str | None
