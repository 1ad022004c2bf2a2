import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huying.kernel.numbering import (
    DEFAULT_PATTERN,
    BadNumberPart,
    BadPattern,
    Pattern,
    check_digit,
    in_chinese,
    in_code,
    sample,
)

PATTERN = Pattern.parse(DEFAULT_PATTERN)
DAY = date(2026, 11, 20)

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
parts = st.fixed_dictionaries(
    {
        "region": st.text("0123456789", min_size=2, max_size=12),
        "channel": st.integers(0, 99),
        "day": st.dates(date(2020, 1, 1), date(2035, 12, 31)),
        "serial": st.integers(1, 300_000),
    }
)


def number(serial: int = 17, region: str = "450600", channel: str | int = "02") -> str:
    return PATTERN.format(region=region, channel=channel, day=DAY, serial=serial)


def test_a_number_by_the_default_pattern_reads_in_groups():
    assert number() == "4506000220261120000179"
    assert PATTERN.group(number()) == "450600 02 20261120 00017 9"
    assert PATTERN.group("FZ12345-1") == "FZ12345-1"
    assert PATTERN.counter_key(region="450600", channel="02", day=DAY) == "4506000220261120*"


def test_the_check_digit_is_that_of_iso_7064_mod_11_10():
    assert check_digit("0794") == "5"  # the standard's own example


def test_region_and_channel_are_fitted_to_the_pattern():
    assert number(region="450602001003").startswith("45060202")
    assert number(region="45", channel=2) == number(region="450000", channel="02")


@unhurried
@given(parts)
def test_every_number_is_valid_and_groups_back_to_itself(row):
    made = PATTERN.format(**row)
    assert PATTERN.is_valid(made)
    assert PATTERN.group(made).replace(" ", "") == made
    assert int(PATTERN.group(made).split()[3]) == row["serial"]


@unhurried
@given(st.sampled_from([DEFAULT_PATTERN, "{region:2}{serial:3}{date:%y%m}", "A{serial:3}00"]), parts, parts)
def test_two_numbers_are_the_same_only_for_one_counter_and_serial(source, one, other):
    pattern = Pattern.parse(source)
    keys = [pattern.counter_key(region=r["region"], channel=r["channel"], day=r["day"]) for r in (one, other)]
    same = keys[0] == keys[1] and one["serial"] == other["serial"]
    assert (pattern.format(**one) == pattern.format(**other)) == same


@unhurried
@given(parts, st.data())
def test_the_check_digit_finds_every_single_wrong_digit(row, data):
    made = PATTERN.format(**row)
    at = data.draw(st.integers(0, len(made) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != made[at]))
    assert not PATTERN.is_valid(made[:at] + wrong + made[at + 1 :])


def test_most_swaps_of_neighbours_are_found():
    made = [number(serial) for serial in range(1, 2000)]
    pairs = [(text, at) for text in made for at in range(len(text) - 1) if text[at] != text[at + 1]]
    found = [not PATTERN.is_valid(text[:at] + text[at + 1] + text[at] + text[at + 2 :]) for text, at in pairs]
    assert sum(found) / len(found) > 0.95


@pytest.mark.parametrize(
    ("kept", "read"),
    [(DEFAULT_PATTERN, "{区划:6}{渠道:2}{日期:年月日}{流水号:5}{校验位:1}"), ("QZ{date:%y%m}{serial:4}", "QZ{日期:两位年月}{流水号:4}"),
     ("A-{date:%Y%j}{serial:3}", "A-{日期:年和日序}{流水号:3}")],
)
def test_a_pattern_is_read_and_written_in_chinese(kept, read):
    assert (in_chinese(kept), in_code(read), in_code(kept)) == (read, kept, kept)
    assert Pattern.parse(read) == Pattern.parse(kept)
    assert sample(read, region="450602", day=DAY) == Pattern.parse(kept).format(region="450602", channel="01", day=DAY, serial=17)


def test_an_unknown_name_is_answered_with_the_known_ones():
    for wrong in ("{流水:5}{镇:3}", "{town:3}{serial:5}", "{流水号：5}路"):
        with pytest.raises(BadPattern, match=re.escape("可用：{区划:6}、{渠道:2}、{日期:年月日}、{流水号:5}、{校验位:1}")):
            Pattern.parse(wrong)
    with pytest.raises(BadPattern, match="两位年月日"):
        Pattern.parse("{日期:月日}{流水号:5}")
    assert sample("{日期:月日}", region="450602", day=DAY) == ""


def test_a_serial_beyond_its_width_widens_the_number():
    assert len(number(99_999)) == 22
    wide = number(100_000)
    assert len(wide) == 23
    assert PATTERN.is_valid(wide)
    assert PATTERN.group(wide).split()[3] == "100000"
    assert len({number(serial) for serial in range(99_000, 101_000)}) == 2_000


def test_patterns_without_date_or_check_and_with_fixed_text():
    pattern = Pattern.parse("FZ12345-{serial:6}")
    made = pattern.format(region="450600", channel="02", day=DAY, serial=42)
    assert made == "FZ12345-000042"
    assert pattern.group(made) == "FZ12345- 000042"
    assert pattern.is_valid(made)
    assert pattern.counter_key(region="450600", channel="02", day=DAY) == "FZ12345-*"
    yearly = Pattern.parse("QZ{date:%Y}{serial:4}{check:1}")
    assert yearly.is_valid(yearly.format(region="450600", channel="02", day=DAY, serial=7))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "4506000220261320000171",
        "450600022026112000017",
        "abc",
        "４５０６０００２２０２６１１２００００１７９",
        " 4506000220261120000179",
    ],
)
def test_what_is_no_number_is_not_valid(wrong):
    assert not PATTERN.is_valid(wrong)


def test_an_impossible_date_is_not_valid_though_its_check_digit_is():
    body = "450600022026133100017"
    assert not PATTERN.is_valid(body + check_digit(body))


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("", "流水号"),
        ("{region:6}{date:%Y%m%d}", "流水号"),
        ("{serial:5}{serial:5}", "只能出现一次"),
        ("{check:1}{serial:5}", "最后"),
        ("{serial:5}{check:2}", "位数"),
        ("{serial:2}", "位数"),
        ("{serial:x}", "位数"),
        ("{serial:²}", "位数"),
        ("{region:1}{serial:5}", "位数"),
        ("{date:%H}{serial:5}", "日期格式"),
        ("{date:%d}{serial:5}", "日期格式"),
        ("{unit:4}{serial:5}", "不认识"),
        ("{serial}", "无法识别"),
        ("{serial:5", "无法识别"),
        ("工单{serial:5}", "固定文字"),
        ("a{serial:5}", "固定文字"),
        ("{region:12}{channel:4}{date:%Y%m%d}{serial:9}", "总长"),
    ],
)
def test_a_bad_pattern_is_refused_in_chinese(source, hint):
    with pytest.raises(BadPattern) as caught:
        Pattern.parse(source)
    assert hint in caught.value.message


def test_parts_that_do_not_fit_are_refused():
    for wrong in ({"region": "45A"}, {"region": ""}, {"channel": "123"}, {"channel": "x"}, {"serial": 0}):
        with pytest.raises(BadNumberPart):
            number(**wrong)
    with pytest.raises(TypeError, match="Shanghai"):
        PATTERN.format(region="450600", channel="02", day=datetime(2026, 11, 20, tzinfo=UTC), serial=1)
