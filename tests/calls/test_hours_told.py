"""Opening hours changed in the calendars reach the switch at once, as all that is saved for the telephone (R208)."""

import pytest

from huying.calls import receivers
from huying.org.models import Calendar
from huying.org.operations.calendars import save_calendar
from huying.org.operations.units import save_centre
from huying.org.policies import system_actor

pytestmark = [pytest.mark.django_db, pytest.mark.req("R208")]
WEEK = {"mon": ["09:00-12:00"], "tue": ["09:00-12:00"]}


@pytest.fixture
def told(monkeypatch):
    found = []
    monkeypatch.setattr(receivers, "config_changed", lambda: found.append("config"))
    return found


def test_a_calendar_and_which_one_counts(exchange, told):
    row = save_calendar(system_actor(), Calendar(centre=exchange.centre, name="热线", data={"weekly": WEEK}))
    assert told == ["config"]
    save_calendar(system_actor(), row)  # nothing is other than before
    assert told == ["config"]
    row.data = {"weekly": WEEK, "workdays": ["2026-10-01"]}
    save_calendar(system_actor(), row)
    exchange.centre.calendar = row
    save_centre(system_actor(), exchange.centre)
    assert told == ["config"] * 3
