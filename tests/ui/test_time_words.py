from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.ui.rules import times

NOW = datetime(2026, 11, 20, 6, 20, tzinfo=UTC)  # 14:20 in Shanghai, a Friday


def at(hours: float = 0, minutes: float = 0) -> datetime:
    return NOW + timedelta(hours=hours, minutes=minutes)


def test_times_drop_the_year_only_within_it():
    assert times.when(datetime(2026, 11, 20, 1, 5, tzinfo=UTC), NOW) == "11-20 09:05"
    assert times.when(datetime(2025, 11, 20, 1, 5, tzinfo=UTC), NOW) == "2025-11-20 09:05"
    assert times.when(datetime(2026, 12, 31, 16, 0, tzinfo=UTC), NOW) == "2027-01-01 00:00"  # next year in Shanghai


def test_histories_show_seconds():
    assert times.when_seconds(datetime(2026, 11, 20, 1, 5, 12, tzinfo=UTC)) == "2026-11-20 09:05:12"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 秒"), (45, "45 秒"), (60, "1 分"), (200, "3 分 20 秒"), (3600, "1 小时"), (12000, "3 小时 20 分"),
        (12059, "3 小时 20 分"), (187200, "2 天 4 小时"), (86400 + 1800, "1 天"),
    ],
)  # fmt: skip
def test_spans_in_words(seconds, words):
    assert times.duration(seconds) == words
    assert times.duration(timedelta(seconds=seconds)) == words


def test_a_clock_that_runs():
    clock = times.due(at(3, 20), NOW)
    assert (clock.state, clock.sentence) == ("ok", "还剩 3 小时 20 分，今天 17:40 前")
    assert times.due(at(20), NOW).sentence == "还剩 20 小时，明天 10:20 前"
    assert times.due(at(24 * 8), NOW).sentence == "还剩 8 天，11-28 14:20 前"


def test_a_clock_close_to_its_end_is_near():
    assert times.due(at(2), NOW).state == "near"
    assert times.due(at(2, 1), NOW).state == "ok"
    assert times.due(at(20), NOW, near=timedelta(hours=24)).state == "near"
    assert times.due(at(0, 0.5), NOW).left == "还剩 不到 1 分"


def test_a_clock_that_is_over():
    clock = times.due(at(-2), NOW)
    assert (clock.state, clock.sentence) == ("overdue", "已超 2 小时（应在今天 12:20 前）")


def test_a_clock_that_stands_still_or_is_done():
    assert times.due(at(-2), NOW, paused=True).sentence == "已暂停计时"
    assert times.due(at(3), NOW, done=at(1)).sentence == "按时，提前 2 小时（应在今天 17:20 前）"
    assert times.due(at(1), NOW, done=at(1)).state == "met"
    assert times.due(at(1), NOW, done=at(3)).left == "逾期 2 小时完成"


def test_the_rest_of_a_job_is_told_when_there_is_a_pace():
    assert times.remaining(250, 1000, timedelta(seconds=10)) == timedelta(seconds=30)
    assert times.remaining(1, 1000, timedelta(seconds=10)) is None
    assert times.remaining(0, 0, timedelta(seconds=10)) is None


@given(st.integers(min_value=0, max_value=10**8))
def test_words_never_say_more_than_there_is(seconds):
    units = {"天": 86400, "小时": 3600, "分": 60, "秒": 1}
    words = times.duration(seconds).split()
    said = sum(int(count) * units[name] for count, name in zip(words[::2], words[1::2], strict=True))
    assert said <= seconds
    assert seconds - said < max(60, 3600 if seconds >= 86400 else 60)
