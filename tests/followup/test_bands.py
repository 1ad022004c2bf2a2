"""Which attempts are really at different times (R067)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.followup.rules import BANDS, suggest
from huying.kernel.clock import SHANGHAI

DAY = datetime(2026, 11, 16, tzinfo=SHANGHAI)


def at(text, day=0):
    hours, minutes = text.split(":")
    return DAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))


@pytest.mark.req("R067")
@pytest.mark.parametrize(("times", "counted"), [
    ([], 0), (["09:00"], 1), (["09:00", "09:10", "09:20"], 1), (["09:00", "11:00", "13:00"], 3), (["09:00", "15:00", "19:00"], 3),
    (["11:59", "12:01"], 1), (["11:40", "12:15"], 2), (["09:00", "10:30", "11:30"], 2), (["23:00", "23:30"], 1),
])
def test_counting(times, counted):
    assert BANDS.count([at(each) for each in times]) == counted


def test_the_same_hour_on_another_day_is_another_time():
    assert BANDS.count([at("09:00"), at("09:00", 1), at("09:00", 2)]) == 3


moments = st.lists(st.integers(0, 4 * 24 * 60).map(lambda minute: DAY + timedelta(minutes=minute)), max_size=12)


@given(moments, moments)
def test_more_attempts_never_count_less(some, more):
    assert BANDS.count(some) <= BANDS.count(some + more) <= len(some) + len(more)


@given(moments)
def test_order_and_repetition_do_not_matter(some):
    assert BANDS.count(some) == BANDS.count(list(reversed(some)) + some)


@given(moments, st.integers(0, 5 * 24 * 60).map(lambda minute: DAY + timedelta(minutes=minute)))
def test_the_suggestion_is_a_different_time_ahead(made, now):
    made = [each for each in made if each <= now]
    found = suggest(made, at("09:30"), now)
    assert found.not_before >= now and found.not_before <= now + timedelta(days=2)
    assert not made or BANDS.differ(max(made), found.not_before)


def test_suggestions_as_a_caller_sees_them():
    assert suggest([], at("20:00"), at("10:00")).name == "上午"
    assert suggest([at("10:00")], at("19:00"), at("10:05")).name == "晚上"  # he called in the evening
    after_noon = suggest([at("11:50")], at("10:00"), at("11:55"))
    assert (after_noon.name, after_noon.not_before) == ("下午", at("12:20"))
    third = suggest([at("10:00"), at("15:00")], at("10:00"), at("15:05"))
    assert (third.name, third.not_before) == ("晚上", at("18:00"))
    fourth = suggest([at("10:00"), at("15:00"), at("19:00")], at("10:00"), at("19:05"))
    assert fourth.not_before == at("08:00", 1)
