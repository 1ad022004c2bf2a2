"""What comes back: the schemas of answers. `shapes` fills them; tests hold the two together."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, WithJsonSchema

Moment = Annotated[datetime, WithJsonSchema({"type": "string", "format": "date-time"})]


class Coded(BaseModel):
    """承办单位或区划。"""

    id: int | None = None
    code: str
    name: str


class Created(BaseModel):
    """受理结果。"""

    number: str = Field(description="工单号")
    state: str = Field(description="状态代码")
    state_label: str
    created_at: Moment = Field(description="受理时间")
    due_at: Moment | None = Field(description="当前最近的期限")
    url: str = Field(description="工单地址")


class Summary(BaseModel):
    """列表中的一张工单。"""

    number: str
    external_number: str
    state: str
    state_label: str
    type: str
    type_label: str
    urgency: str
    channel: str
    title: str
    region: Coded | None
    unit: Coded | None = Field(description="主办单位")
    created_at: Moment
    due_at: Moment | None
    closed_at: Moment | None
    confidential: bool
    supervised: bool = Field(description="督办中")
    version: int


class Page(BaseModel):
    """一页工单，按受理时间从新到旧。"""

    items: list[Summary]
    next_cursor: str | None = Field(description="下一页的游标；没有下一页时为 null")
    next: str | None = Field(description="下一页的地址")


class Contact(BaseModel):
    """诉求人，一律脱敏；需要明文请用 reveal。"""

    name: str
    phone: str
    id_number: str
    address: str
    kind: str | None = None


class VerificationOut(BaseModel):
    id: int
    who: str
    at: Moment
    way: str
    finding: str
    note: str


class Task(BaseModel):
    """一个单位的任务（子单）。`id` 用作动作的 target。"""

    id: int
    unit: Coded
    role: str = Field(description="main 主办；assist 协办；sub 二级办理")
    state: str
    state_label: str
    parent: int | None
    opinion: str
    clause: str
    dispatched_at: Moment
    sign_due_at: Moment | None
    signed_at: Moment | None
    auto_signed: bool
    due_at: Moment | None
    contacted_at: Moment | None
    extended_days: int
    reply: str
    replied_at: Moment | None
    verifications: list[VerificationOut]


class Plea(BaseModel):
    """退回、延期或挂起申请。`id` 用作审批动作的 target。"""

    id: int
    kind: str
    state: str
    state_label: str
    unit: Coded
    task: int
    reason: str
    clause: str
    proposed_unit: Coded | None
    workdays: int | None
    ground: str
    until: Moment | None
    created_at: Moment
    decided_at: Moment | None
    decision: str
    blame: str


class ClockOut(BaseModel):
    """一个时限。"""

    kind: str
    kind_label: str
    state: str
    task: int | None
    started_at: Moment
    due_at: Moment
    stopped_at: Moment | None
    provisional: bool = Field(description="含尚未公布节假日的年份，公布后可能调整")


class LinkOut(BaseModel):
    kind: str
    kind_label: str
    number: str


class Order(Summary):
    """一张工单的全部内容。"""

    content: str
    points: list[str]
    template: str
    fields: dict[str, Any]
    category: str
    place: str
    event_at: Moment | None
    address_confirmed_at: Moment | None
    is_group: bool
    is_sensitive: bool
    caller: Contact | None = Field(description="诉求人（脱敏）；无权查看时为 null")
    urge_count: int
    return_count: int
    reopen_count: int
    answer: str = Field(description="给诉求人的答复")
    public_reply: str
    finding: str
    outcome: str
    satisfaction: str
    decline_code: str
    tasks: list[Task]
    pleas: list[Plea]
    clocks: list[ClockOut]
    links: list[LinkOut]


class Who(BaseModel):
    kind: str
    name: str


class EventOut(BaseModel):
    """历史中的一步，只增不改。"""

    seq: int
    kind: str
    label: str
    at: Moment
    actor: Who
    before: str
    after: str
    reason: str
    data: dict[str, Any]


class EventPage(BaseModel):
    """一页历史，从旧到新。"""

    items: list[EventOut]
    next_cursor: str | None
    next: str | None


class Choice(BaseModel):
    value: str
    label: str


class FieldOut(BaseModel):
    """动作的一个字段。"""

    name: str
    label: str
    kind: str = Field(description="text、longtext、choice、unit、units、moment、whole、files、number、points")
    required: bool
    choices: list[Choice]
    help: str
    longest: int | None = Field(description="最多字数")
    low: int | None
    high: int | None


class Target(BaseModel):
    id: int
    label: str


class ActionOut(BaseModel):
    """此人现在可对该工单做的一个动作。"""

    code: str
    label: str
    url: str
    danger: bool = Field(description="不可撤回的动作；建议带上 version")
    targets: list[Target] = Field(description="可作用的任务或申请；只有一个时 target 可省略")
    fields: list[FieldOut]


class ActionList(BaseModel):
    version: int = Field(description="工单当前版本号，随动作提交可防止基于旧内容操作")
    items: list[ActionOut]


class FileOut(BaseModel):
    """一个附件。"""

    id: int
    name: str
    media_type: str
    size: int = Field(description="字节")
    purpose: str
    digest: str
    uploaded_at: Moment
    url: str


class FileList(BaseModel):
    items: list[FileOut]


class Revealed(BaseModel):
    field: str
    value: str
