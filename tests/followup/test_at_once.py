"""Two callers, a double click, two windows: exactly one effect. Real connections, real commits."""

import pytest

from followup.conftest import SAID
from huying.followup.models import Answers, Attempt, FollowUp, Rating
from huying.followup.operations import (
    AlreadyRated,
    HeldByOther,
    attempt_together,
    make_rating_token,
    rate,
    start_together,
)
from huying.followup.operations.together import TriedAlready
from huying.org.models import Staff
from huying.workorders.operations import act
from huying.workorders.queries import AlreadyDone
from workorders.play import Play
from workorders.test_concurrency import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    import cast as stage

    made = stage.build()
    other = Staff.objects.create(username="followup2", name="回访员乙", centre=made.demo)
    other.roles.set(made.staff["followup1"].roles.all())
    return made


def waiting(cast, **new):
    return Play(cast, **new).handling().replied().do("reviewer1", "pass_check")


def test_two_callers_begin_at_both_ends_of_one_persons_list(cast):
    first, second = waiting(cast), waiting(cast)
    deeds = [(cast.actor("followup1"), first.number), (cast.actor("followup2"), second.number)]
    results = together(*(lambda who=who, number=number: start_together(actor=who, number=number) for who, number in deeds))
    assert sum(isinstance(result, HeldByOther) for result in results) == 1
    assert FollowUp.objects.values("claimed_by").distinct().count() == 1


def test_the_same_miss_clicked_three_times(cast):
    play = waiting(cast).do("followup1", "start_follow_up")
    said = {"way": "phone", "result": "busy", "note": ""}
    results = together(*[
        lambda: attempt_together(actor=cast.actor("followup1"), number=play.number, others=[], data=said, seen=0)] * 3)
    assert sum(isinstance(result, TriedAlready) for result in results) == 2
    assert Attempt.objects.count() == 1


def test_finished_from_two_windows(cast):
    play = waiting(cast).do("followup1", "start_follow_up")
    results = together(*[
        lambda: act(actor=cast.actor("followup1"), number=play.number, code="finish_follow_up", data=SAID)] * 2)
    assert sum(isinstance(result, AlreadyDone) for result in results) == 1
    assert Answers.objects.count() == 1


def test_one_link_opened_on_two_phones(cast):
    play = waiting(cast).do("followup1", "start_follow_up").do("followup1", "finish_follow_up", **SAID).do("reviewer1", "close")
    token = make_rating_token(play.order)
    results = together(*[lambda: rate(token=token, satisfaction="yes")] * 3)
    assert sum(isinstance(result, AlreadyRated) for result in results) == 2
    assert Rating.objects.count() == 1
