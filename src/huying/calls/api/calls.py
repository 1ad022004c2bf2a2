"""Calls and their facts, for other systems: numbers masked, newest first, pages by cursor."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from huying.calls.api.seats import Moment
from huying.calls.catalog import OUTCOME_LABELS, Outcome
from huying.calls.models import Call, Recording
from huying.calls.operations.take_out import take_out
from huying.calls.policies import calls_seen_by
from huying.calls.queries.facts import facts_of, summary_of, whole
from huying.calls.queries.sealed import folder
from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.org.policies import Actor

router = Router(tags=["话务"])
SIGNER = signing.Signer(salt="huying.api.cursor.calls")
SEES = ("calls.view", "calls.view_own")
OUTCOMES = "；".join(f"{outcome} {label}" for outcome, label in OUTCOME_LABELS.items())
TIME = r"^(\d{4}-\d{2}-\d{2}([T ].*)?)?$"
LARGEST = 2**63


class BadQuestion(Refusal):
    code = "bad_input"


class NoSuchCall(Refusal):
    code = "no_such_call"
    message = "没有找到这次通话"


class NoRecording(NoSuchCall):
    code = "no_recording"
    message = "这次通话没有可以下载的录音"


class Wanted(BaseModel):
    since: str = Field("", max_length=40, pattern=TIME, description="进入时刻起（含），日期或 ISO 8601 时间；不写时区为北京时间")
    until: str = Field("", max_length=40, pattern=TIME, description="进入时刻止（不含；只写日期时含当日）")
    agent: str = Field("", max_length=150, description="接听坐席的用户名")
    group: str = Field("", max_length=20, description="技能组编码")
    outcome: Literal["", *[str(each) for each in Outcome]] = Field("", description=OUTCOMES)  # type: ignore[valid-type]
    call: str = Field("", max_length=60, description="交换机中的编号；转给其他热线时随呼叫带在 SIP 头 X-Huying-Call 里")
    cursor: str = Field("", max_length=500, description="上一页返回的 next_cursor")
    limit: int = Field(50, ge=1, le=200, description="每页条数")


class Purpose(BaseModel):
    reason: str = Field("", max_length=300, description="下载用途，记入下载记录；省略时记为“接口下载”")


class CallOut(BaseModel):
    """一次通话。"""

    id: int
    call: str = Field(description="交换机中的编号")
    centre: str = Field(description="运营中心编码")
    direction: str = Field(description="in 呼入、out 呼出、internal 内部")
    called: str = Field(description="被叫号码")
    number: str = Field(description="对方号码，已遮盖")
    outcome: str = Field(description=OUTCOMES)
    outcome_label: str
    group: str | None = Field(description="技能组编码")
    agent: str | None = Field(description="首先接听的坐席")
    entered_at: Moment
    answered_at: Moment | None
    ended_at: Moment | None
    talk_ms: int = Field(description="通话毫秒数，不含保持")
    rating: int | None = Field(description="按键评价，5 最好")


class CallPage(BaseModel):
    items: list[CallOut]
    next_cursor: str | None = Field(description="为 null 时已到末页")
    next: str | None = Field(description="下一页地址")


class LegOut(BaseModel):
    """一部话机或一条外线。"""

    leg: str
    role: str = Field(description="agent 坐席、consult 咨询、outside 外线、monitor 监听")
    staff: str | None
    extension: str
    number: str = Field(description="外线号码，已遮盖")
    desk: str
    queue: str
    offered_at: Moment | None
    answered_at: Moment | None
    ended_at: Moment | None
    result: str
    talk_ms: int
    wrap_ms: int
    cause: int


class TapeOut(BaseModel):
    """一段录音。"""

    name: str
    state: str
    begun_at: Moment | None
    duration_ms: int


class CallWhole(CallOut):
    """一次通话的全部事实。"""

    human_at: Moment | None = Field(description="请求人工时刻")
    queued_at: Moment | None
    offered_at: Moment | None
    invited_at: Moment | None
    rated_at: Moment | None
    flow: str
    last_agent: str | None
    ended_by: str = Field(description="caller 来电人、agent 坐席、system 系统")
    cause: int = Field(description="Q.850 原因码，0 为没有给出")
    cause_text: str
    wait_ms: int | None = Field(description="从入队到应答或结束的毫秒数")
    hold_ms: int
    wrap_ms: int
    offers: int
    transfers: int
    conferences: int
    not_invited: str
    was_listed: bool
    is_test: bool = Field(description="测试呼叫，不计入统计")
    source: str
    legs: list[LegOut]
    recordings: list[TapeOut]
    milestones: list[dict[str, Any]] = Field(description="按时间排列的全部节点，时刻精确到毫秒")


def actor_of(request: HttpRequest) -> Actor:
    """Who asks, if that person may know of calls. Raises NotAllowed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.may_any(SEES):
        actor.must(SEES[0])
    return actor


@router.get("/calls", response=CallPage, summary="查询通话", operation_id="listCalls")
def listing(request: HttpRequest, wanted: Annotated[Wanted, Query()]) -> dict[str, Any]:
    """本人可见范围内的通话，按进入时刻从新到旧；权限为 calls.view 或（只见本人的）calls.view_own。"""
    rows = narrowed(calls_seen_by(actor_of(request)), wanted).select_related("centre", "group", "agent")
    if place := beyond(wanted.cursor):
        at, key = place
        rows = rows.filter(Q(entered_at__lt=at) | Q(entered_at=at, pk__lt=key))
    found = list(rows.order_by("-entered_at", "-pk")[: wanted.limit + 1])
    page = found[: wanted.limit]
    following: dict[str, Any] = {"next_cursor": None, "next": None}
    if len(found) > wanted.limit:
        cursor = SIGNER.sign_object([page[-1].entered_at.isoformat(), page[-1].pk])
        query = request.GET.copy()
        query["cursor"] = cursor
        following = {"next_cursor": cursor, "next": f"{request.path}?{query.urlencode()}"}
    return {"items": [summary_of(call) for call in page], **following}


@router.get("/calls/{int:call}", response=CallWhole, summary="查看通话", operation_id="readCall")
def read(request: HttpRequest, call: int) -> dict[str, Any]:
    """一次通话的全部事实，含每个节点。"""
    rows = whole(calls_seen_by(actor_of(request)))
    found = rows.filter(pk=call).first() if call < LARGEST else None
    if found is None:
        raise NoSuchCall
    return facts_of(found)


@router.get(
    "/calls/{int:call}/recording", summary="下载录音", operation_id="readCallRecording", response={200: None},
    openapi_extra={"responses": {
        200: {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}},
        409: {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
    }},
)
def recording(request: HttpRequest, call: int, purpose: Annotated[Purpose, Query()]) -> HttpResponse:
    """一次通话的录音（最近一段），带账号与时间水印；权限为 calls.download，下载留痕（账号、时间、用途）。
    录音文件与封存时不一致的为 409。"""
    actor = actor_of(request)
    actor.must("calls.download")
    rows = Recording.objects.filter(call__in=calls_seen_by(actor), state=Recording.State.SEALED).select_related("call")
    row = rows.filter(call=call).order_by("-begun_at", "-pk").first() if call < LARGEST else None
    if row is None or not (folder() / row.path).is_file():
        raise NoRecording
    said = purpose.reason.strip() or "接口下载"
    return HttpResponse(take_out(actor=actor, recording=row, reason=said, path=request.path), content_type="audio/wav")


def narrowed(rows: QuerySet[Call], wanted: Wanted) -> QuerySet[Call]:
    """Raises BadQuestion."""
    if wanted.since:
        rows = rows.filter(entered_at__gte=moment("since", wanted.since))
    if wanted.until:
        until = moment("until", wanted.until)
        rows = rows.filter(entered_at__lt=until + timedelta(days=1) if len(wanted.until) == 10 else until)
    if wanted.agent:
        rows = rows.filter(agent__username=plain("agent", wanted.agent))
    if wanted.call:
        rows = rows.filter(linkedid=plain("call", wanted.call))
    if wanted.group:
        rows = rows.filter(group__code=plain("group", wanted.group))
    return rows.filter(outcome=wanted.outcome) if wanted.outcome else rows


def plain(name: str, text: str) -> str:
    if "\x00" in text:
        raise BadQuestion("查询条件有误，请检查后重试", fields={name: "含有非法字符"})
    return text


def moment(name: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if not 1970 < at.year < 2200:
            raise ValueError(text)
        return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    except ValueError:
        raise BadQuestion("查询条件有误，请检查后重试", fields={name: "应为日期或 ISO 8601 时间"}) from None


def beyond(cursor: str) -> tuple[datetime, int] | None:
    """The place after which the page begins. Raises BadQuestion for a cursor not ours."""
    if not cursor:
        return None
    try:
        at, key = SIGNER.unsign_object(cursor)
        return datetime.fromisoformat(at), int(key)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadQuestion("游标无效，请从第一页重新取", fields={"cursor": "游标无效"}) from None
