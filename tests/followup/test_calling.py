"""Taking a follow-up, attempts, the 24-hour clock, three misses, exemptions (R067, R089)."""

from datetime import timedelta

import pytest

from huying.audit.models import Event
from huying.followup.models import Attempt, FollowUp
from huying.followup.operations import HeldByOther
from huying.followup.operations.calling import TriedTooLittle
from huying.messaging.models import Message
from huying.org.models import Staff
from huying.org.policies import NotAllowed
from huying.workorders.models import Clock
from huying.workorders.queries import AlreadyDone
from huying.workorders.rules import BadInput
from huying.workorders.workflow import State

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def row(play):
    return FollowUp.objects.filter(order=play.order).latest("round")


def clock_of(play):
    return Clock.objects.get(order=play.order, kind="follow_up")


def test_a_checked_reply_opens_a_round_of_24_hours(waiting, now):
    play = waiting()
    assert (row(play).state, row(play).round, row(play).due_at - now.at) == ("waiting", 1, timedelta(hours=24))
    assert Message.objects.filter(subject_id=play.order.pk, scene="replied").exists()


@pytest.mark.req("R089")
@pytest.mark.parametrize(("late_by", "state"), [(-1, "met"), (0, "met"), (1, "missed")])
def test_the_first_call_decides_whoever_answers(calling, now, late_by, state):
    play = calling()
    now.move_to(row(play).due_at + timedelta(seconds=late_by))
    play.do("followup1", "attempt", way="phone", result="no_answer")
    assert clock_of(play).state == state
    assert row(play).first_attempt_at == now.at and play.order.state == State.FOLLOWING_UP


def test_a_round_is_held_by_one_caller_for_half_an_hour(cast, calling, now):
    play = calling()
    other = Staff.objects.create(username="followup2", name="回访员乙", centre=cast.demo)
    other.roles.set(cast.staff["followup1"].roles.all())
    with pytest.raises(HeldByOther, match="回访员甲 正在回访"):
        play.do("followup2", "start_follow_up")
    with pytest.raises(HeldByOther):
        play.do("followup2", "attempt", way="phone", result="busy")
    now.tick(timedelta(minutes=31))
    assert play.do("followup2", "start_follow_up").order.holder == other
    with pytest.raises(HeldByOther):
        play.do("followup1", "attempt", way="phone", result="busy")


def test_after_a_miss_anybody_may_try(cast, calling, now):
    play = calling().do("followup1", "attempt", way="phone", result="no_answer")
    assert row(play).claimed_by is None and play.order.holder is None
    assert row(play).call_by == now.at + 24 * HOUR


@pytest.mark.req("R067")
def test_three_misses_at_different_times_count_as_executed(calling, now):
    play = calling()
    for wait, needed in ((0, True), (2, True), (3, False)):
        now.tick(wait * HOUR)
        play.do("followup1", "attempt", way="phone", result="no_answer")
        if needed:
            with pytest.raises(TriedTooLittle):
                play.do("followup1", "give_up_follow_up")
    play.do("followup1", "give_up_follow_up")
    assert (play.order.state, row(play).result, row(play).executed) == (State.TO_CLOSE, "unreached", True)
    missed = Message.objects.get(subject_id=play.order.pk, scene="follow_up_missed")
    assert "/r/" in missed.text


@pytest.mark.req("R067")
def test_three_calls_within_the_hour_are_one(calling, now):
    play = calling()
    for _ in range(3):
        play.do("followup1", "attempt", way="phone", result="busy")
        now.tick(timedelta(minutes=20))
    with pytest.raises(TriedTooLittle, match="已计 1 次"):
        play.do("followup1", "give_up_follow_up")


def test_messages_and_spoken_calls_are_no_misses(calling, now):
    play = calling()
    for way, result in (("message", "no_answer"), ("phone", "later"), ("phone", "no_answer")):
        play.do("followup1", "attempt", way=way, result=result)
        now.tick(3 * HOUR)
    with pytest.raises(TriedTooLittle, match="已计 1 次"):
        play.do("followup1", "give_up_follow_up")
    assert row(play).attempts_made == 3


@pytest.mark.parametrize(("new", "ground"), [({"phone": ""}, "no_phone"), ({}, "declined"),
                                             ({"caller_kind": "anonymous", "phone": ""}, "anonymous")])
def test_exempt_with_a_ground_on_record(waiting, new, ground):
    play = waiting(**new).do("followup1", "exempt_follow_up", exempt=ground, reason="来电时已说明不用回访")
    assert (play.order.state, row(play).result, row(play).exempt) == (State.TO_CLOSE, "exempt", ground)
    assert clock_of(play).state == "cancelled"
    event = Event.objects.filter(stream="order", stream_id=play.order.pk, kind="exempt_follow_up").get()
    assert event.data["exempt"] == ground and event.reason == "来电时已说明不用回访"


@pytest.mark.parametrize(("new", "ground"), [({}, "anonymous"), ({}, "no_phone"), ({"phone": ""}, "declined")])
def test_a_ground_must_be_true(waiting, new, ground):
    play = waiting(**new)
    with pytest.raises(BadInput) as refused:
        play.do("followup1", "exempt_follow_up", exempt=ground, reason="不用回访")
    assert "exempt" in refused.value.fields


def test_a_wrong_number_is_no_way_to_reach_anybody(calling):
    play = calling().do("followup1", "attempt", way="phone", result="wrong_number")
    play.do("followup1", "exempt_follow_up", exempt="no_phone", reason="号码是空号，登记时写错")
    assert play.order.state == State.TO_CLOSE


def test_who_may_not(waiting):
    play = waiting()
    for user in ("agent1", "liaison1", "dispatcher1"):
        with pytest.raises(NotAllowed):
            play.do(user, "start_follow_up")


def test_withdrawn_in_the_middle(calling):
    play = calling().do("agent1", "withdraw", reason="诉求人来电撤回")
    assert row(play).state == "cancelled"
    with pytest.raises(AlreadyDone):
        play.do("followup1", "attempt", way="phone", result="busy")


def test_a_template_without_follow_up_goes_to_closing_review(cast, now):
    from huying.workorders.models import OrderTemplate
    from workorders.play import Play

    OrderTemplate.objects.create(centre=cast.demo, code="quiet", name="免回访专项", data={"flow": {"follow_up": False}})
    play = Play(cast, template="quiet").handling().replied().do("reviewer1", "pass_check")
    assert play.order.state == State.TO_CLOSE and not FollowUp.objects.exists()
    assert not Clock.objects.filter(order=play.order, state="running").exists()


def test_attempts_can_neither_be_changed_nor_deleted(calling):
    from django.db import ProgrammingError, transaction

    calling().do("followup1", "attempt", way="phone", result="busy")
    for deed in (lambda: Attempt.objects.update(result="reached"), lambda: Attempt.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            deed()
