from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.ui.rules import shapes


def test_an_order_number_in_groups():
    assert shapes.number_groups("4506000220261120000173") == ["450600", "02", "20261120", "00017", "3"]


def test_a_number_of_another_pattern_stays_whole():
    assert shapes.number_groups("FZ12345-2026-0001") == ["FZ12345-", "2026-", "0001"]
    assert shapes.number_groups("250912101108115409") == ["250912101108115409"]


@given(st.text(max_size=40))
def test_groups_never_lose_a_character(number):
    assert "".join(shapes.number_groups(number)) == number


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(885, 1000, "88.50%（885/1000）"), (0, 0, "—（0/0）"), (1, 3, "33.33%（1/3）"), (2, 3, "66.67%（2/3）")],
)
def test_a_percentage_shows_its_fraction(part, whole, words):
    assert shapes.percent_fraction(part, whole) == words


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_percentages_round_half_up_exactly(part, whole):
    exact = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert shapes.percent(part, whole) == f"{exact}%"


def test_counts_say_when_they_stopped():
    assert shapes.count_words(885) == "共 885 条"
    assert shapes.count_words(1000, capped=True) == "1000+ 条"
    assert shapes.count_words(None) == ""
