"""The four questions and what follows from them (R107; rules.md 3.3)."""

import pytest

from followup.conftest import ANGRY, SAID
from huying.audit.models import Event
from huying.followup.models import Answers, FollowUp
from huying.followup.operations.answering import NotUnhappy, RehandledAlready, StillUnhappy
from huying.followup.queries import first_and_final
from huying.messaging.models import Message
from huying.workorders.models import Clock
from huying.workorders.queries import AlreadyDone
from huying.workorders.rules import BadInput
from huying.workorders.workflow import State

pytestmark = pytest.mark.django_db


@pytest.mark.req("R107")
def test_satisfied(calling, now):
    play = calling().do("followup1", "finish_follow_up", **SAID, note="说修得很快")
    assert (play.order.state, play.order.satisfaction) == (State.TO_CLOSE, "yes")
    said = Answers.objects.get()
    assert (said.contacted, said.solved, said.satisfaction, said.text) == ("yes", "yes", "yes", "说修得很快")
    row = FollowUp.objects.get()
    assert (row.result, row.attempts_made, row.finished_by.username) == ("reached", 1, "followup1")
    event = Event.objects.filter(stream="order", kind="finish_follow_up").get()
    assert event.data["satisfaction"] == "yes" and event.data["way"] == "phone"


@pytest.mark.req("R107")
def test_every_question_needs_its_answer_and_dissatisfaction_its_reason(calling):
    play = calling()
    with pytest.raises(BadInput) as refused:
        play.do("followup1", "finish_follow_up")
    assert set(refused.value.fields) == {"contacted", "solved", "satisfaction"}
    with pytest.raises(BadInput) as refused:
        play.do("followup1", "finish_follow_up", **{**ANGRY, "unhappy": ""})
    assert set(refused.value.fields) == {"unhappy"}
    assert not Answers.objects.exists()


def test_a_reason_without_dissatisfaction_is_dropped(calling):
    calling().do("followup1", "finish_follow_up", **SAID, unhappy="slow")
    assert Answers.objects.get().unhappy == ""


def test_not_satisfied_without_good_reason_goes_to_closing_review(calling):
    play = calling().do("followup1", "finish_follow_up", **{**ANGRY, "unhappy": "policy"}, note="已解释政策")
    assert play.order.state == State.TO_CLOSE and play.order.satisfaction == "no"


def test_not_satisfied_with_good_reason_is_handled_again_with_a_fresh_clock(calling, now):
    play = calling().do("followup1", "rehandle", **ANGRY, reason="灯只亮了一天，又灭了")
    assert (play.order.state, play.order.rehandle_count) == (State.HANDLING, 1)
    clock = Clock.objects.get(order=play.order, kind="handle", state="running")
    assert clock.started_at == now.at
    assert play.task("CG").state == "handling" and play.task("CG").due_at == clock.due_at
    play.replied().do("reviewer1", "pass_check")
    assert list(FollowUp.objects.order_by("round").values_list("round", "state")) == [(1, "done"), (2, "waiting")]


def test_first_and_final_word_are_both_kept(calling):
    play = calling().do("followup1", "rehandle", **ANGRY, reason="灯又灭了")
    play.replied().do("reviewer1", "pass_check").do("followup1", "start_follow_up")
    play.do("followup1", "finish_follow_up", **SAID)
    first, final = first_and_final(play.order)
    assert (first.satisfaction, final.satisfaction, play.order.satisfaction) == ("no", "yes", "yes")


def handled_twice(calling):
    play = calling().do("followup1", "rehandle", **ANGRY, reason="灯又灭了")
    return play.replied().do("reviewer1", "pass_check").do("followup1", "start_follow_up")


def test_still_not_satisfied_is_not_handled_a_third_time(calling):
    play = handled_twice(calling)
    with pytest.raises(RehandledAlready, match="最多重办 1 次"):
        play.do("followup1", "rehandle", **ANGRY, reason="还是不亮")
    with pytest.raises(StillUnhappy):
        play.do("followup1", "finish_follow_up", **ANGRY)
    assert Answers.objects.count() == 1


def test_still_not_satisfied_goes_to_supervision(calling):
    play = handled_twice(calling).do("followup1", "press", **ANGRY, reason="两次都没有修好")
    assert (play.order.state, play.order.supervised) == (State.HANDLING, True)
    assert "两次都没有修好" in Message.objects.get(scene="supervised").text
    play.replied().do("reviewer1", "pass_check").do("followup1", "start_follow_up").do("followup1", "finish_follow_up", **SAID)
    assert play.order.state == State.TO_CLOSE


def test_or_is_found_impossible_with_evidence(calling):
    play = handled_twice(calling)
    with pytest.raises(BadInput) as refused:
        play.do("followup1", "find_impossible", **ANGRY, reason="电力规划明年改造")
    assert set(refused.value.fields) == {"proof"}
    play.do("followup1", "find_impossible", **ANGRY, reason="电力规划明年改造", proof=[play.file()])
    assert (play.order.state, play.order.outcome) == (State.TO_CLOSE, "impossible")
    assert play.order.attachments.filter(purpose="evidence").exists()


@pytest.mark.parametrize("code", ["press", "find_impossible"])
def test_not_before_it_was_handled_again(calling, code):
    play = calling()
    with pytest.raises(BadInput, match="先重办"):
        play.do("followup1", code, **ANGRY, reason="不行", proof=[play.file()])


@pytest.mark.parametrize("code", ["rehandle"])
def test_not_for_somebody_satisfied(calling, code):
    with pytest.raises(NotUnhappy):
        calling().do("followup1", code, **SAID, reason="再看一次")


def test_closing_review_may_still_order_rehandling_of_the_dissatisfied(calling, waiting):
    play = calling().do("followup1", "finish_follow_up", **ANGRY).do("director1", "rehandle", reason="理由成立，应当重办")
    assert play.order.state == State.HANDLING
    content = waiting().do("followup1", "start_follow_up").do("followup1", "finish_follow_up", **SAID)
    with pytest.raises(NotUnhappy):
        content.do("director1", "rehandle", reason="再看一次")


def test_sent_back_by_closing_review_is_a_new_round(calling):
    play = calling().do("followup1", "finish_follow_up", **SAID)
    play.do("reviewer1", "reject_close", reason="没有问是否联系", back_to="follow_up")
    assert FollowUp.objects.filter(order=play.order, state="waiting", round=2).exists()


def test_a_second_click_changes_nothing(calling):
    play = calling().do("followup1", "finish_follow_up", **SAID)
    with pytest.raises(AlreadyDone, match="完成回访"):
        play.do("followup1", "finish_follow_up", **SAID)
    assert Answers.objects.count() == 1
