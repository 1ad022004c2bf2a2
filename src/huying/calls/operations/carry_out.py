"""The gateway's side of a command: taken once, with one outcome; never carried out late."""

from typing import Any

from huying.calls.models import Command
from huying.calls.operations.commands import LATE, SwitchAway
from huying.calls.queries.switch import in_own_hands
from huying.kernel import clock

BROKEN_OFF = "电话交换在执行中断开，请查看通话状态后再决定是否重试"


def claim() -> Command | None:
    """The oldest command that waits, now ours; none about another node's call. What waited too long is struck off."""
    now = clock.now()
    waiting = Command.objects.filter(state=Command.State.WAITING)
    waiting.filter(created_at__lt=now - LATE).update(state=Command.State.EXPIRED, done_at=now, said=SwitchAway.message)
    rows = Command.objects.select_for_update(skip_locked=True, of=("self",)).filter(in_own_hands(), state=Command.State.WAITING)
    row = rows.select_related("session__phone", "centre", "call").order_by("id").first()
    if row is not None:
        row.state = Command.State.RUNNING
        row.save(update_fields=["state"])
    return row


def finish(pk: int, state: str, *, said: str = "", code: str = "", result: dict[str, Any] | None = None) -> None:
    """Its outcome; the first one counts."""
    Command.objects.filter(pk=pk, state=Command.State.RUNNING).update(
        state=state, said=said[:200], code=code[:30], result=result or {}, done_at=clock.now()
    )


def give_up_running() -> int:
    """What a gateway that died had begun with: nobody knows whether it was done."""
    running = Command.objects.filter(in_own_hands(), state=Command.State.RUNNING)
    return running.update(state=Command.State.FAILED, code="broken_off", said=BROKEN_OFF, done_at=clock.now())
