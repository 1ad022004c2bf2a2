"""Hand one queued message to a channel: the work of the delivery job (R195)."""

from datetime import timedelta

from django.db.models import Count, Q

from huying.kernel import clock
from huying.messaging.catalog import State
from huying.messaging.models import Message
from huying.messaging.operations.channels import Accepted, Parcel, Rejected, Unreachable, channel
from huying.messaging.queries import voice_of
from huying.messaging.rules import SCENES, scene


class TryAgain(Exception):
    """No gateway could be reached; the job is to be run again later."""


def deliver(message_id: int, *, last_try: bool = False) -> State | None:
    """Deliver the message and return its state; None when it is no longer waiting, or another worker has it.

    Raises TryAgain when every gateway is out of reach and this is not the `last_try`. No transaction stays open while
    a gateway is being waited for; the message's id is the gateway's key against sending twice.
    """
    message = Message.objects.select_related("caller").filter(pk=message_id, state=State.QUEUED).first()
    if message is None:
        return None
    if held := _hold_back(message):
        message.state, message.reason = held
        message.done_at = clock.now()
        return _save(message)
    if not _claim(message):
        return None
    try:
        accepted = channel().send(Parcel(f"hy-{message.pk}", message.phone, message.text, message.gateway))
    except Rejected as no:
        message.state, message.reason, message.done_at = State.FAILED, no.reason[:200], clock.now()
        message.gateway = no.gateway
    except Unreachable as away:
        message.reason, message.gateway = away.reason[:200], away.uncertain
        if not last_try:
            _save(message)
            raise TryAgain(away.reason) from away
        message.state, message.done_at = State.FAILED, clock.now()
    else:
        _accept(message, accepted)
    return _save(message)


def _claim(message: Message) -> bool:
    """Count the attempt; of two workers on one message only one does, the other leaves it alone."""
    waiting = Message.objects.filter(pk=message.pk, state=State.QUEUED, attempts=message.attempts)
    message.attempts += 1
    return bool(waiting.update(attempts=message.attempts))


def _accept(message: Message, accepted: Accepted) -> None:
    message.sent_at = clock.now()
    message.gateway, message.receipt, message.reason = accepted.gateway, accepted.receipt, ""
    message.state = State.DELIVERED if accepted.delivered else State.SENT
    message.done_at = message.sent_at if accepted.delivered else None


def _save(message: Message) -> State:
    changed = {name: getattr(message, name) for name in (
        "state", "reason", "gateway", "receipt", "sent_at", "done_at")}
    Message.objects.filter(pk=message.pk, state=State.QUEUED).update(**changed)
    return State(message.state)


def _hold_back(message: Message) -> tuple[State, str] | None:
    """Opt-out and frequency cap, for citizens' scenes only: a code was just asked for, a duty phone is there for it."""
    if message.scene not in SCENES or scene(message.scene).audience != "citizen":
        return None
    if message.caller and message.caller.no_messages:
        return State.OPTED_OUT, "诉求人已退订短信"
    rule = voice_of(message.centre_id).rule
    sent = _sent_lately(message)
    for hours, most in ((1, rule.per_hour), (24, rule.per_day)):
        if sent[hours] >= most:
            return State.SKIPPED, f"{'1 小时' if hours == 1 else '24 小时'}内已发 {most} 条，达到频次上限"
    return None


def _sent_lately(message: Message) -> dict[int, int]:
    """How many of our messages reached this telephone within one hour and within 24."""
    citizens = [code for code, each in SCENES.items() if each.audience == "citizen"]
    now = clock.now()
    rows = Message.objects.filter(
        phone_hash=message.phone_hash, centre_id=message.centre_id, scene__in=citizens,
        state__in=[State.SENT, State.DELIVERED], created_at__gt=now - timedelta(hours=24),
    )
    found = rows.aggregate(day=Count("pk"), hour=Count("pk", filter=Q(created_at__gt=now - timedelta(hours=1))))
    return {1: found["hour"], 24: found["day"]}
