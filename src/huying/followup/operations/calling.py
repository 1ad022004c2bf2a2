"""Take a follow-up, put each attempt on record, and end it where nobody can be reached or need be (R067, R089)."""

from datetime import timedelta
from typing import Any

from huying.citizens.models import Caller
from huying.followup.catalog import Result
from huying.followup.models import Attempt, FollowUp
from huying.followup.operations.invite import tell_missed
from huying.followup.operations.rounds import claim, end_round, release, this_round
from huying.followup.rules import BANDS, suggest
from huying.kernel import clock as time
from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.workorders.catalog import CallResult, Exempt, Way
from huying.workorders.models import Clock
from huying.workorders.operations import Step, performs
from huying.workorders.operations.clocks import stop_clocks
from huying.workorders.queries import pack_of
from huying.workorders.rules import BadInput
from huying.workorders.workflow import State

TRY_AGAIN_WITHIN = timedelta(hours=24)
SPOKEN = {CallResult.REACHED, CallResult.LATER}


class TriedTooLittle(Refusal):
    code = "tried_too_little"


@performs("start_follow_up")
def start(step: Step, data: dict[str, Any]) -> None:
    """Have the order to oneself for half an hour."""
    row = this_round(step)
    claim(step, row)
    step.note(round=row.round)
    if step.order.state != State.FOLLOWING_UP:
        step.move(State.FOLLOWING_UP)


@performs("attempt")
def attempt(step: Step, data: dict[str, Any]) -> None:
    row = this_round(step)
    add_attempt(step, row, result=data["result"], way=data["way"], note=data["note"] or "")
    if data["result"] != CallResult.REACHED:
        release(step, row)
        row.save(update_fields=["claimed_by", "claimed_until"])


def add_attempt(step: Step, row: FollowUp, *, result: str, way: str, note: str = "") -> Attempt:
    """One attempt; the first one stops the 24-hour clock whoever answers (K3-03: 首呼即算及时)."""
    at = time.now()
    made = Attempt.objects.create(
        follow_up=row, centre_id=row.centre_id, at=at, way=way, result=result, note=note, by=step.actor.staff
    )
    if row.first_attempt_at is None:
        row.first_attempt_at = at
        stop_clocks(step.order, Clock.Kind.FOLLOW_UP, at=at)
    row.attempts_made += 1
    row.last_attempt_at, row.last_result, row.call_by = at, result, at + TRY_AGAIN_WITHIN
    row.save(update_fields=["first_attempt_at", "attempts_made", "last_attempt_at", "last_result", "call_by"])
    step.note(note, way=way, result=result, attempts=row.attempts_made, round=row.round)
    return made


@performs("give_up_follow_up")
def give_up(step: Step, data: dict[str, Any]) -> None:
    """Not reached at three different times: executed all the same (R067, K2-08); the citizen gets a link instead."""
    row = this_round(step)
    missed = list(row.attempts.filter(way=Way.PHONE).exclude(result__in=SPOKEN).values_list("at", flat=True))
    needed = pack_of(step.order.pack).follow_up_attempts
    counted = BANDS.count(missed)
    if counted < needed:
        when = suggest(missed, step.order.created_at, time.now())
        at = when.not_before.astimezone(SHANGHAI)
        raise TriedTooLittle(
            f"须在不同时段拨打 {needed} 次未接通才能结束，已计 {counted} 次；建议 {at:%m-%d %H:%M} 以后（{when.name}）再拨"
        )
    end_round(step, row, Result.UNREACHED)
    step.note(data["note"] or "", attempts=row.attempts_made)
    step.move(State.TO_CLOSE)
    tell_missed(step.order)


@performs("exempt_follow_up")
def exempt(step: Step, data: dict[str, Any]) -> None:
    """Nobody to call, or somebody who does not want to be: the ground is checked and kept (K2-08: 留痕)."""
    row = this_round(step)
    check_ground(step, row, Exempt(data["exempt"]))
    stop_clocks(step.order, Clock.Kind.FOLLOW_UP, cancel=row.first_attempt_at is None)
    end_round(step, row, Result.EXEMPT, exempt=data["exempt"])
    step.note(data["reason"], exempt=data["exempt"])
    step.move(State.TO_CLOSE)


def check_ground(step: Step, row: FollowUp, ground: Exempt) -> None:
    """A ground must be true of the order, else the indicator would be talked up."""
    contact = step.order.contact
    phone = contact.phone if contact else ""
    anonymous = step.order.caller is not None and step.order.caller.kind == Caller.Kind.ANONYMOUS
    wrong = ""
    if ground == Exempt.ANONYMOUS and phone and not anonymous:
        wrong = "这张工单不是匿名诉求"
    elif ground == Exempt.NO_PHONE and phone:
        useless = row.attempts.filter(result__in=[CallResult.WRONG_NUMBER, CallResult.OFF])
        wrong = "" if useless.exists() else "诉求人留有电话，请先拨打并登记“号码错误”或“关机或停机”"
    elif ground == Exempt.DECLINED and not phone:
        wrong = "没有联系方式，请选择“没有有效联系方式”"
    if wrong:
        raise BadInput(fields={"exempt": wrong})
