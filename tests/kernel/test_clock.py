from datetime import UTC, datetime, timedelta

import pytest

from huying.kernel import clock

AT = datetime(2026, 11, 20, 9, 30, 0, 123456, UTC)


def test_now_is_aware_utc_in_whole_milliseconds():
    now = clock.now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)


def test_a_frozen_clock_stands_still_ticks_and_goes_on_afterwards():
    with clock.frozen(AT) as stopped:
        assert clock.now() == clock.now() == AT.replace(microsecond=123000)
        stopped.tick(timedelta(hours=4))
        assert clock.now() == datetime(2026, 11, 20, 13, 30, 0, 123000, UTC)
        stopped.move_to(AT.astimezone(clock.SHANGHAI))
        assert clock.now() == AT.replace(microsecond=123000)
        assert clock.now().tzinfo is UTC
    assert abs(datetime.now(UTC) - clock.now()) < timedelta(seconds=5)


def test_freezing_may_be_nested_and_survives_an_error():
    with clock.frozen(AT):
        with pytest.raises(RuntimeError), clock.frozen(AT + timedelta(days=1)):
            raise RuntimeError
        assert clock.now() == AT.replace(microsecond=123000)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"), clock.frozen(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass
