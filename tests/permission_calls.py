"""What stands in the addresses of the telephone's pages: rows of DEMO."""

from datetime import time, timedelta
from uuid import uuid4

from cast import Cast
from huying.calls.models import (
    Block,
    Call,
    CallBack,
    CalledNumber,
    CallerList,
    Flow,
    ListedCaller,
    OtherDesk,
    Phone,
    Prompt,
    PromptSound,
    RouteRule,
    SeatPeriod,
    SkillGroup,
    Trunk,
)
from huying.calls.operations.flows import make_flow, publish
from huying.citizens.fields import blind_index
from huying.kernel import clock

NUMBER = "13907701234"


def _digest(number: str = NUMBER) -> bytes:
    return blind_index(number, purpose="phone")


def call(cast: Cast) -> Call:
    now = clock.now()
    return Call.objects.create(
        centre=cast.demo, linkedid=uuid4().hex, number=NUMBER, number_hash=_digest(), called="12345", entered_at=now, ended_at=now,
        outcome="abandoned",
    )


def call_back(cast: Cast) -> int:
    now = clock.now()
    return CallBack.objects.create(
        centre=cast.demo, kind="missed", call=call(cast), number=NUMBER, number_hash=_digest(), place_at=now, created_at=now
    ).pk


def block(cast: Cast) -> int:
    now = clock.now()
    return Block.objects.create(
        centre=cast.demo, number=NUMBER, number_hash=_digest(), reason="反复骚扰话务员", nominated_by=cast.staff["agent2"],
        nominated_at=now, ends_at=now + timedelta(days=7),
    ).pk


def caller_list(cast: Cast) -> int:
    return CallerList.objects.create(centre=cast.demo, code="elderly", name="高龄老人").pk


def listed(cast: Cast) -> int:
    row = CallerList.objects.create(centre=cast.demo, code="vip", name="代表委员")
    return ListedCaller.objects.create(centre=cast.demo, list=row, number=NUMBER, number_hash=_digest()).pk


def period(cast: Cast) -> int:
    return SeatPeriod.objects.create(centre=cast.demo, name="白班", begins=time(8), ends=time(18), least=3).pk


def trunk(cast: Cast) -> int:
    return Trunk.objects.create(centre=cast.demo, name="carrier", match=["127.0.0.1"], contact="127.0.0.1:15090", codecs=["alaw"]).pk


def group(cast: Cast) -> int:
    return SkillGroup.objects.create(centre=cast.demo, code="general", name="综合").pk


def number(cast: Cast) -> int:
    spare = SkillGroup.objects.create(centre=cast.demo, code="spare", name="备用")
    return CalledNumber.objects.create(centre=cast.demo, number="12345", name="热线", group=spare).pk


def handset(cast: Cast) -> int:
    return Phone.objects.create(centre=cast.demo, extension="8099", password="quite-secret-42").pk


def desk(cast: Cast) -> int:
    return OtherDesk.objects.create(centre=cast.demo, code="110", name="110", number="110").pk


def rule(cast: Cast) -> int:
    return RouteRule.objects.create(centre=cast.demo, name="优先", priority=3).pk


def prompt(cast: Cast) -> int:
    return Prompt.objects.create(centre=cast.demo, code="hello", name="欢迎", text="").pk


def recorded(cast: Cast) -> int:
    row = Prompt.objects.create(centre=cast.demo, code="bell", name="铃声", is_recorded=True)
    PromptSound.objects.create(centre=cast.demo, prompt=row, data=b"RIFF")
    return row.pk


def flow(cast: Cast) -> int:
    """Published once, drafted as it was published."""
    row: Flow = make_flow(actor=cast.actor("director1"), centre=cast.demo, name="默认导航")
    publish(actor=cast.actor("director1"), flow=row, note="第一版")
    return row.pk
