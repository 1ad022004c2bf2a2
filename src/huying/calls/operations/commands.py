"""Asking something of the switch: a row for the gateway, and what came of it within two seconds (design D3)."""

import time
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from huying.calls.models import Call, Command, SeatSession
from huying.calls.operations.tell import tell_gateway
from huying.calls.queries.switch import gateway_lives
from huying.calls.rules.orders import ORDERS, TARGETS
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.kernel.phones import is_phone, normalise_phone
from huying.org.policies import Actor

LATE = timedelta(seconds=3)
"""A command older than this is never carried out."""

ANSWER_SECONDS = 2.0
"""How long is waited for the gateway to begin with a command."""

LOOK_EVERY = 0.02
FINISH_SECONDS = 6.0
"""How much longer is waited for a command that the gateway has begun with."""


class SwitchAway(Refusal):
    """Nobody carries out commands now; orders and everything else go on."""

    code = "switch_away"
    message = "电话交换暂不可用，本次操作没有执行；工单业务不受影响，请稍后重试"


class SwitchRefused(Refusal):
    """The switch was asked and declined, or the command makes no sense now."""

    code = "switch_refused"


def ask_switch(
    *, actor: Actor, kind: str, about: dict[str, Any] | None = None, session: SeatSession | None = None,
    call: Call | None = None, secret: str = "", request_id: str = "",
) -> Command:
    """Have the gateway carry out `kind` (rules.orders) and return the command done.

    `secret`: an outside number. The same `request_id` again gets the first one's outcome. Must not be called inside a
    transaction: the gateway sees the row only when it is committed. Raises NotAllowed, SwitchAway, SwitchRefused.
    """
    about = about or {}
    session = _check(actor, kind, about, session, secret)
    if not gateway_lives():
        raise SwitchAway
    row = Command(
        centre_id=session.centre_id, staff=actor.staff, session=session, call=call or session.call, kind=kind, about=about,
        secret=normalise_phone(secret), request_id=request_id[:40], created_at=clock.now(),
    )
    return _outcome(_kept(row))


def _check(
    actor: Actor, kind: str, about: dict[str, Any], session: SeatSession | None, secret: str
) -> SeatSession:
    order = ORDERS.get(kind)
    if order is None:
        raise SwitchRefused(f"没有“{kind}”这种电话操作")
    actor.must(order.right)
    rows = SeatSession.objects.filter(ended_at=None).select_related("call")
    session = rows.filter(pk=session.pk).first() if session else rows.filter(staff=actor.staff).first()
    if session is None or session.staff_id != actor.staff_id:
        raise SwitchRefused(f"{order.label}须先签入坐席")
    if order.target or about.get("to"):
        _check_target(about, secret)
    if order.others and not rows.filter(pk=about.get("seat") or 0).exclude(pk=session.pk).exists():
        raise SwitchRefused(f"没有可以{order.label}的坐席，请刷新坐席墙后重试")
    return session


def _check_target(about: dict[str, Any], secret: str) -> None:
    to = about.get("to")
    if to not in TARGETS:
        raise SwitchRefused("请选择转接或呼叫的对象")
    if to == "number" and not is_phone(normalise_phone(secret)):
        words = "号码有误，请填写手机号、带区号的固定电话或服务号码"
        raise SwitchRefused(words, fields={"number": words})


def _kept(row: Command) -> Command:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            tell_gateway(str(row.pk))
    except IntegrityError:
        return Command.objects.get(staff=row.staff, kind=row.kind, request_id=row.request_id)
    return row


def _outcome(row: Command) -> Command:
    """Wait until the gateway has an answer; what it has not begun with by then is struck off and never done."""
    until = time.monotonic() + ANSWER_SECONDS
    while row.state in {Command.State.WAITING, Command.State.RUNNING}:
        if time.monotonic() > until:
            waiting = Command.objects.filter(pk=row.pk, state=Command.State.WAITING)
            if waiting.update(state=Command.State.EXPIRED, done_at=clock.now(), said=SwitchAway.message):
                raise SwitchAway
            if time.monotonic() > until + FINISH_SECONDS:
                raise SwitchRefused("电话交换没有及时答复，请查看通话状态后再决定是否重试")
        time.sleep(LOOK_EVERY)
        row.refresh_from_db()
    if row.state == Command.State.EXPIRED:
        raise SwitchAway
    if row.state == Command.State.FAILED:
        raise SwitchRefused(row.said)
    return row
