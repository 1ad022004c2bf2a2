"""What stands in the addresses of the telephone's pages: rows of DEMO."""

from datetime import time, timedelta
from uuid import uuid4

from cast import Cast
from huying.calls.models import Block, Call, CallBack, CallerList, ListedCaller, SeatPeriod
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
