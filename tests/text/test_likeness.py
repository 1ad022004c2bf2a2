import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huying.text.likeness import likeness, most_alike

LAMP = "港口区兴港大道路灯连续三天不亮，晚上出行不安全"
LAMP_AGAIN = "兴港大道的路灯坏了三天，夜里出行很不安全，请修理"
NOISE = "上思县思阳镇工地夜间施工噪音扰民"
WATER = "防城区自来水停水两天没有通知"


def test_the_same_matter_in_other_words_is_more_alike_than_another_matter():
    assert likeness(LAMP, LAMP) == pytest.approx(1.0)
    assert likeness(LAMP, LAMP_AGAIN) > 0.3 > 0.1 > likeness(LAMP, NOISE)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.text())
def test_likeness_lies_between_nothing_and_one_and_goes_both_ways(one, other):
    assert 0.0 <= likeness(one, other) <= 1.0 + 1e-9
    assert likeness(one, other) == likeness(other, one)


def test_a_text_without_letters_is_like_nothing():
    assert likeness("", "") == likeness("，。", LAMP) == 0.0


def test_the_most_alike_come_first_and_the_unlike_not_at_all():
    rows = [(1, NOISE), (2, LAMP_AGAIN), (3, WATER), (4, LAMP), (5, LAMP_AGAIN)]
    assert [key for key, _ in most_alike(LAMP, rows)] == [4, 2, 5]
    assert [key for key, _ in most_alike(LAMP, rows, limit=1)] == [4]
    assert most_alike(LAMP, rows, floor=0.99) == [(4, pytest.approx(1.0))]
    assert most_alike("", rows) == []
