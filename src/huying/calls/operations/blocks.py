"""The life of a block (R216): nominated with evidence, approved or not, appealed, lifted, expired; each step on its chain."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from huying.audit.operations import append
from huying.calls.models import Block, Call
from huying.calls.operations.tell import config_changed
from huying.calls.queries.numbers import hash_of
from huying.calls.rules.block import BadNomination, check_nomination
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.kernel.phones import normalise_phone
from huying.org.models import Centre
from huying.org.policies import Actor

State = Block.State
NOMINATE, APPROVE, ANSWER = "calls.nominate_block", "calls.approve_block", "calls.answer"
MAY_APPEAL = (NOMINATE, APPROVE, ANSWER)
LEAST_WORDS = 4


class AlreadyListed(Refusal):
    code = "already_listed"
    message = "这个号码已在待审批或生效的拦截名单中"


class WrongState(Refusal):
    code = "wrong_state"
    message = "这条拦截记录的状态已变化，请刷新后再试"


class OwnNomination(Refusal):
    code = "own_nomination"
    message = "不能审批自己提名的拦截，请由其他负责人审批"


class NoWords(Refusal):
    code = "no_words"
    message = f"请写明意见（至少 {LEAST_WORDS} 个字）"


def nominate(
    *, actor: Actor, centre: Centre, number: str, reason: str, days: int | None, evidence: Iterable[Call]
) -> Block:
    """A shift leader names a caller. `evidence`: calls of that very number, one at least.

    Raises NotAllowed, BadNomination, AlreadyListed.
    """
    actor.must(NOMINATE)
    assert actor.staff is not None  # a person answers for it
    number, calls = normalise_phone(number), list(evidence)
    check_nomination(number, reason, days)
    assert days is not None
    digest, now = hash_of(number), clock.now()
    if not calls or any(bytes(call.number_hash) != digest or call.centre_id != centre.pk for call in calls):
        raise BadNomination(fields={"evidence": "请至少选择一通这个号码的来电作为证据"})
    try:
        with transaction.atomic():
            row = Block.objects.create(
                centre=centre, number=number, number_hash=digest, reason=reason.strip(), nominated_by=actor.staff,
                nominated_at=now, ends_at=now + timedelta(days=days),
            )
            row.evidence.set(calls)
            note(row, "nominate", actor, reason=row.reason, days=days, calls=[call.pk for call in calls])
    except IntegrityError as error:
        raise AlreadyListed from error
    return row


def approve(*, actor: Actor, block: Block, words: str) -> Block:
    """In force from now, for as many days as were nominated. Raises NotAllowed, OwnNomination, NoWords, WrongState."""
    return _decide(actor, block, words, State.ACTIVE)


def reject(*, actor: Actor, block: Block, words: str) -> Block:
    return _decide(actor, block, words, State.REJECTED)


@transaction.atomic
def _decide(actor: Actor, block: Block, words: str, state: str) -> Block:
    actor.must(APPROVE)
    row = locked(block, State.NOMINATED)
    if row.nominated_by_id == actor.staff_id:
        raise OwnNomination
    said = worded(words, "decision")
    now = clock.now()
    row.decided_by, row.decided_at, row.decision = actor.staff, now, said
    if state == State.ACTIVE:
        row.begins_at, row.ends_at = now, now + (row.ends_at - row.nominated_at)
    change(row, state, "approve" if state == State.ACTIVE else "reject", actor, reason=said, ends_at=row.ends_at.isoformat())
    return row


@transaction.atomic
def appeal(*, actor: Actor, block: Block, words: str) -> Block:
    """Somebody of ours writes down that the caller objects: also whoever took the call that the caller got through with.

    Raises NotAllowed, NoWords, WrongState.
    """
    if not actor.may_any(MAY_APPEAL):
        actor.must(NOMINATE)
    row = locked(block, State.ACTIVE)
    row.appeal, row.appealed_at, row.appeal_decision = worded(words, "appeal", 1000), clock.now(), ""
    row.save(update_fields=["appeal", "appealed_at", "appeal_decision"])
    note(row, "appeal", actor, reason=row.appeal)
    return row


@transaction.atomic
def uphold(*, actor: Actor, block: Block, words: str) -> Block:
    """The appeal is turned down; the block goes on until its end."""
    actor.must(APPROVE)
    row = locked(block, State.ACTIVE)
    if row.appealed_at is None or row.appeal_decision:
        raise WrongState("没有待处理的申诉")
    row.appeal_decision = worded(words, "decision")
    row.save(update_fields=["appeal_decision"])
    note(row, "uphold", actor, reason=row.appeal_decision)
    return row


@transaction.atomic
def lift(*, actor: Actor, block: Block, words: str) -> Block:
    """Ended before its time, on appeal or without. Raises NotAllowed, NoWords, WrongState."""
    actor.must(APPROVE)
    row = locked(block, State.ACTIVE)
    said, planned = worded(words, "decision"), row.ends_at
    if row.appealed_at and not row.appeal_decision:
        row.appeal_decision = said
    row.ends_at = clock.now()
    change(row, State.LIFTED, "lift", actor, reason=said, planned_end=planned.isoformat())
    return row


def expire_blocks(actor: Actor) -> int:
    """Write down that blocks have come to their end; how many. They keep nobody out since that very moment anyway."""
    rows = Block.objects.filter(state=State.ACTIVE, ends_at__lte=clock.now())
    count = 0
    for pk in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            row = Block.objects.select_for_update().filter(pk=pk, state=State.ACTIVE).first()
            if row is not None:
                change(row, State.EXPIRED, "expire", actor)
                count += 1
    return count


@transaction.atomic
def count_call(call: Call) -> None:
    """Hits and passes counted anew from the calls themselves, so that a call heard of twice counts once."""
    rows = Block.objects.filter(centre_id=call.centre_id, number_hash=call.number_hash, begins_at__lte=call.entered_at)
    row = rows.filter(ends_at__gt=call.entered_at).order_by("-begins_at").first()
    if row is None:
        return
    row = Block.objects.select_for_update().get(pk=row.pk)
    calls = Call.objects.filter(
        centre_id=row.centre_id, number_hash=row.number_hash, was_listed=True, entered_at__gte=row.begins_at,
        entered_at__lt=row.ends_at,
    )
    row.hits = calls.count()
    row.passes = calls.exclude(outcome="blocked").exclude(ended_at=None).count()
    row.save(update_fields=["hits", "passes"])


def change(row: Block, state: str, kind: str, actor: Actor, *, reason: str = "", **data: Any) -> None:
    before, row.state = row.state, state
    row.save()
    note(row, kind, actor, before=before, after=state, reason=reason, **data)
    config_changed()


def note(row: Block, kind: str, actor: Actor, *, before: str = "", after: str = "", reason: str = "", **data: Any) -> None:
    append(row, stream=Block.stream, kind=kind, actor=actor, centre_id=row.centre_id, before=before, after=after,
           reason=reason, data=data)
    row.save(update_fields=["event_seq", "event_head"])


def locked(block: Block, state: str) -> Block:
    row = Block.objects.select_for_update().get(pk=block.pk)
    if row.state != state:
        raise WrongState
    return row


def worded(words: str, field: str, most: int = 200) -> str:
    if len(words.strip()) < LEAST_WORDS:
        raise NoWords(fields={field: NoWords.message})
    return words.strip()[:most]
