"""The month's figures, as fractions whose rows can be listed (K2-08, K3-03, R054, R067, R089)."""

from datetime import timedelta

import pytest

from followup.conftest import ANGRY, MONDAY, SAID
from huying.followup.models import Scheme
from huying.followup.operations import make_rating_token, make_scheme, rate
from huying.followup.queries import executed_rate, satisfaction, scheme_in_force, timely_rate
from huying.followup.rules import BadScheme, parse_scheme
from huying.org.models import Centre
from huying.org.policies import NotAllowed

pytestmark = pytest.mark.django_db
START, END = MONDAY.replace(day=1, hour=0), MONDAY.replace(month=12, day=1, hour=0)
EIGHTY = {"very": 100, "yes": 100, "fair": 80, "no": 0}


def parts(rate):
    return rate.numerator, rate.denominator


@pytest.mark.req("R089")
def test_timely_counts_the_first_call_and_waits_for_the_due_time(cast, waiting, now):
    first, late, silent, nobody = waiting(), waiting(), waiting(), waiting(phone="")
    director = cast.actor("director1")
    assert parts(timely_rate(director, START, END)) == (0, 0)
    nobody.do("followup1", "exempt_follow_up", exempt="no_phone", reason="没有留电话")
    now.tick(timedelta(hours=23, minutes=59, seconds=59))
    first.do("followup1", "start_follow_up").do("followup1", "attempt", way="phone", result="no_answer")
    assert parts(timely_rate(director, START, END)) == (1, 1)
    now.tick(timedelta(seconds=2))
    late.do("followup1", "start_follow_up").do("followup1", "finish_follow_up", **SAID)
    figure = timely_rate(director, START, END)
    assert parts(figure) == (1, 3)
    assert set(figure.all.values_list("order__number", flat=True)) == {first.number, late.number, silent.number}
    assert parts(timely_rate(cast.actor("director1@OTHER"), START, END)) == (0, 0)


@pytest.mark.req("R067")
def test_executed_counts_the_unreached_and_leaves_the_exempt_out(cast, waiting, now):
    reached, unreached, exempt = waiting(), waiting(), waiting()
    reached.do("followup1", "start_follow_up").do("followup1", "finish_follow_up", **SAID)
    unreached.do("followup1", "start_follow_up")
    for _ in range(3):
        unreached.do("followup1", "attempt", way="phone", result="busy")
        now.tick(timedelta(hours=3))
    unreached.do("followup1", "give_up_follow_up")
    exempt.do("followup1", "exempt_follow_up", exempt="declined", reason="本人不要回访")
    director = cast.actor("director1")
    assert parts(executed_rate(director, START, END)) == (0, 0)  # nothing closed yet
    for play in (reached, unreached, exempt):
        play.do("reviewer1", "close")
    figure = executed_rate(director, START, END)
    assert parts(figure) == (2, 2)
    assert set(figure.good.values_list("number", flat=True)) == {reached.number, unreached.number}


@pytest.mark.req("R054")
def test_another_scheme_gives_another_rate_of_the_same_answers(cast, calling):
    for level in ("very", "yes", "fair", "fair", "no"):
        calling().do("followup1", "finish_follow_up", **{**ANGRY, "satisfaction": level})
    director, plain = cast.actor("director1"), scheme_in_force(cast.demo)[1]
    counts, tally = satisfaction(director, START, END, plain)
    assert counts == {"very": 1, "yes": 1, "fair": 2, "no": 1}
    assert (tally.numerator, tally.denominator) == (400, 5)
    make_scheme(actor=director, centre=cast.demo, name="基本满意按0.8折算", weights=EIGHTY)
    name, weights = scheme_in_force(cast.demo)
    _, tally = satisfaction(director, START, END, weights)
    assert (name, tally.numerator, tally.denominator) == ("基本满意按0.8折算", 360, 5)
    _, tally = satisfaction(director, START, END, parse_scheme({"very": 100, "yes": 100, "no": 0}))
    assert (tally.numerator, tally.denominator) == (200, 3)  # 基本满意 counts on neither side


def test_the_final_word_counts_and_ratings_are_a_source_of_their_own(cast, calling):
    play = calling().do("followup1", "rehandle", **ANGRY, reason="又灭了").replied().do("reviewer1", "pass_check")
    play.do("followup1", "start_follow_up").do("followup1", "finish_follow_up", **SAID).do("reviewer1", "close")
    rate(token=make_rating_token(play.order), satisfaction="no", reason="slow")
    director, plain = cast.actor("director1"), scheme_in_force(cast.demo)[1]
    assert satisfaction(director, START, END, plain)[0] == {"yes": 1}
    assert satisfaction(director, START, END, plain, source="ratings")[0] == {"no": 1}


def test_schemes_are_inherited_and_guarded(cast):
    director = cast.actor("director1")
    below = Centre.objects.create(code="DEMO-1", name="港口区分中心", parent=cast.demo)
    make_scheme(actor=director, centre=cast.demo, name="从严", weights=EIGHTY)
    assert (scheme_in_force(below)[0], scheme_in_force(cast.other)[0]) == ("从严", "默认方案")
    with pytest.raises(BadScheme):
        make_scheme(actor=director, centre=cast.demo, name="从严", weights=EIGHTY)
    for wrong in ({}, {"great": 100}, {"yes": 101}, {"yes": 0.5}, {"yes": True}):
        with pytest.raises(BadScheme):
            make_scheme(actor=director, centre=cast.demo, name="错的", weights=wrong)
    with pytest.raises(NotAllowed):
        make_scheme(actor=cast.actor("followup1"), centre=cast.demo, name="自己定", weights=EIGHTY)
    assert Scheme.objects.count() == 1
