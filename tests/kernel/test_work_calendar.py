"""The national calendar against the State Council's announcements, and the ways a centre's own file lies on top."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from huying.kernel.calendar import BadCalendar, Span, UncoveredYear, WorkCalendar, calendar_from_dict, parse_span
from huying.kernel.clock import SHANGHAI

ANNOUNCED = Path(__file__).parents[3] / "shared" / "data" / "holidays"
NATIONAL = WorkCalendar()
MORNING = (Span(9 * 60, 12 * 60),)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=index) for index in range((end - start).days + 1)]


@pytest.mark.req("R116")
def test_every_day_of_2018_to_2026_is_as_the_state_council_announced_it():
    if not ANNOUNCED.is_dir():
        pytest.skip(f"no announcements at {ANNOUNCED}: the national calendar was not compared")
    announced = {
        date.fromisoformat(row["date"]): not row["isOffDay"]
        for year in range(2018, 2027)
        for row in json.loads((ANNOUNCED / f"{year}.json").read_text(encoding="utf-8"))["days"]
    }
    assert len(announced) > 250
    wrong = [
        day
        for day in days("2018-01-01", "2026-12-31")
        if bool(NATIONAL.spans_on(day)) != announced.get(day, day.weekday() < 5)
    ]
    assert wrong == []


@pytest.mark.req("R116")
def test_chinese_new_year_2026_with_its_make_up_days():
    # 2026: off 15-23 February; Saturdays 14 and 28 February are worked.
    assert [day for day in days("2026-02-14", "2026-02-28") if NATIONAL.spans_on(day)] == [
        *days("2026-02-14", "2026-02-14"),
        *days("2026-02-24", "2026-02-28"),
    ]
    # Dispatched Friday the 13th at 17:00, four working hours: 1 h Friday, 3 h on the make-up Saturday.
    assert NATIONAL.add_working(at("2026-02-13T17:00"), timedelta(hours=4)) == at("2026-02-14T12:00")
    # Five working days: 14 (make-up), 24, 25, 26, 27.
    assert NATIONAL.after_workdays(at("2026-02-13T17:00"), 5) == at("2026-02-27T18:00")


@pytest.mark.req("R116")
def test_national_day_2026_from_its_eve():
    # The example of the issue. Off 1-7 October, Saturday the 10th worked: 8, 9, 10, 12, 13 October.
    counted = NATIONAL.explain_workdays(at("2026-09-30T17:00"), 5)
    assert counted.at.isoformat() == "2026-10-13T18:00:00+08:00"
    assert sorted({stretch.begins.day for stretch in counted.stretches}) == [8, 9, 10, 12, 13]
    assert counted.length == timedelta(hours=40)
    assert [rest.day.day for rest in counted.skipped] == [1, 2, 3, 4, 5, 6, 7, 11]
    assert [rest.reason for rest in counted.skipped] == ["国庆节"] * 7 + ["周末"]
    assert not counted.provisional


def test_a_make_up_day_works_the_spans_of_monday():
    short_fridays = WorkCalendar(
        weekly=((parse_span("08:00-12:00"), parse_span("14:30-17:30")),) + (MORNING,) * 4 + ((),) * 2
    )
    assert short_fridays.spans_on(date(2026, 10, 10)) == short_fridays.weekly[0]
    late_monday = WorkCalendar(weekly=((), MORNING, *((),) * 5))
    assert late_monday.spans_on(date(2026, 10, 10)) == MORNING


def test_the_lunch_break_does_not_count():
    assert NATIONAL.add_working(at("2026-11-20T11:30"), timedelta(hours=1)) == at("2026-11-20T13:30")
    assert NATIONAL.add_working(at("2026-11-20T12:15"), timedelta(minutes=1)) == at("2026-11-20T13:01")
    assert NATIONAL.working_between(at("2026-11-20T11:00"), at("2026-11-20T14:00")) == timedelta(hours=2)
    assert not NATIONAL.is_working(at("2026-11-20T12:00"))
    assert NATIONAL.is_working(at("2026-11-20T13:00"))


def test_dispatched_on_friday_at_five():
    friday = at("2026-11-20T17:00")
    assert NATIONAL.add_working(friday, timedelta(hours=4)) == at("2026-11-23T12:00")
    assert NATIONAL.after_workdays(friday, 1) == at("2026-11-23T18:00")
    assert NATIONAL.after_workdays(at("2026-11-21T10:00"), 1) == at("2026-11-23T18:00")
    assert NATIONAL.working_between(friday, at("2026-11-23T09:30")) == timedelta(hours=1.5)


def test_a_count_that_ends_with_a_span_stays_on_its_closing_edge():
    assert NATIONAL.add_working(at("2026-11-20T17:00"), timedelta(hours=1)) == at("2026-11-20T18:00")
    assert NATIONAL.add_working(at("2026-11-20T18:00"), timedelta(0)) == at("2026-11-20T18:00")
    assert NATIONAL.add_working(at("2026-11-20T18:01"), timedelta(0)) == at("2026-11-23T09:00")
    assert NATIONAL.may_be_due(at("2026-11-20T18:00"))
    assert not NATIONAL.may_be_due(at("2026-11-20T18:01"))


def test_the_working_day_before_a_due_time_is_the_last_day_for_an_extension():
    assert NATIONAL.before_workdays(at("2026-10-13T18:00"), 1) == at("2026-10-12T18:00")
    assert NATIONAL.before_workdays(at("2026-10-12T18:00"), 1) == at("2026-10-10T18:00")
    assert NATIONAL.before_workdays(at("2026-10-08T18:00"), 1) == at("2026-09-30T18:00")


def test_seconds_and_milliseconds_are_kept():
    start = at("2026-11-20T17:59:59.250")
    assert NATIONAL.add_working(start, timedelta(milliseconds=1750)) == at("2026-11-23T09:00:01")


def test_times_in_any_zone_go_in_and_local_time_comes_out():
    utc = datetime.fromisoformat("2026-11-20T09:00:00+00:00")
    assert NATIONAL.add_working(utc, timedelta(minutes=30)).isoformat() == "2026-11-20T17:30:00+08:00"
    with pytest.raises(ValueError, match="zone"):
        NATIONAL.is_working(datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_year_nobody_knows_is_an_error_that_says_what_to_do():
    unknown = max(WorkCalendar().covers(year) * year for year in range(2004, 2100)) + 1
    with pytest.raises(UncoveredYear) as caught:
        NATIONAL.after_workdays(at(f"{unknown - 1}-12-28T10:00"), 9)
    assert caught.value.year == unknown
    assert str(unknown) in caught.value.message
    assert "years" in caught.value.message
    assert caught.value.code == "uncovered_year"


def test_a_provisional_calendar_goes_on_by_the_weekly_rule_and_says_so():
    start = at("2098-12-29T10:00")  # a Monday
    lenient = WorkCalendar(provisional=True)
    counted = lenient.explain_workdays(start, 5)
    assert (counted.at, counted.provisional) == (at("2099-01-05T18:00"), True)
    assert not lenient.explain_workdays(at("2026-11-20T10:00"), 5).provisional
    assert lenient.explain_add(at("2026-12-31T17:00"), timedelta(hours=2)).provisional is not lenient.covers(2027)


def test_nothing_is_asked_of_the_year_after_when_the_count_ends_on_new_years_eve():
    last = max(year for year in range(2004, 2100) if NATIONAL.covers(year))
    eve = f"{last}-12-31T"
    assert NATIONAL.working_between(at(eve + "09:00"), at(eve + "18:00")) <= timedelta(hours=8)
    assert NATIONAL.working_between(at(eve + "09:00"), at(f"{last + 1}-01-01T00:00")) <= timedelta(hours=8)
    round_the_clock = WorkCalendar(weekly=((Span(0, 1440),),) * 7, overrides={date(last, 12, 31): (Span(0, 1440),)})
    counted = round_the_clock.explain_add(at(eve + "00:00"), timedelta(hours=24))
    assert counted.at == at(f"{last + 1}-01-01T00:00")
    assert round_the_clock.may_be_due(counted.at)


def test_an_office_without_national_holidays_knows_every_year():
    night_shift = WorkCalendar(weekly=((Span(0, 1440),),) * 7, national=False)
    assert night_shift.covers(2999)
    assert night_shift.add_working(at("2099-10-01T23:00"), timedelta(hours=2)) == at("2099-10-02T01:00")
    assert night_shift.is_working(at("2099-10-01T00:00"))


def test_a_calendar_that_cannot_work_is_refused():
    with pytest.raises(ValueError, match="working time"):
        WorkCalendar(weekly=((),) * 7)
    with pytest.raises(ValueError, match="seven"):
        WorkCalendar(weekly=(MORNING,) * 5)
    with pytest.raises(ValueError, match="in order"):
        WorkCalendar(overrides={date(2026, 1, 5): (Span(600, 720), Span(540, 610))})
    with pytest.raises(ValueError, match="before"):
        NATIONAL.working_between(at("2026-01-06T00:00"), at("2026-01-05T00:00"))
    with pytest.raises(ValueError, match="added"):
        NATIONAL.add_working(at("2026-01-06T00:00"), timedelta(minutes=-1))
    for count in (NATIONAL.after_workdays, NATIONAL.before_workdays):
        with pytest.raises(ValueError, match="one working day"):
            count(at("2026-01-06T00:00"), 0)


OWN_FILE = {
    "weekly": {day: ["08:30-12:00", "14:30-17:30"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": ["2026-04-20", "2027-02-05", "2027-02-08"],
    "workdays": ["2027-02-06"],
    "years": [2027],
}


def test_a_centres_own_file_lies_on_top_of_the_national_calendar():
    own = calendar_from_dict(json.loads(json.dumps(OWN_FILE)))
    assert [str(span) for span in own.spans_on(date(2026, 11, 20))] == ["08:30-12:00", "14:30-17:30"]
    assert own.spans_on(date(2026, 10, 1)) == ()
    assert own.spans_on(date(2026, 4, 20)) == ()
    assert own.rest_reason(date(2026, 4, 20)) == "本中心休息"
    assert own.after_workdays(at("2027-02-04T10:00"), 2) == at("2027-02-09T17:30")
    assert own.rest_reason(date(2027, 2, 6)) == ""


def test_make_up_days_may_have_hours_of_their_own():
    own = calendar_from_dict({"workdays": {"2026-11-21": ["09:00-12:00"]}, "national": False})
    assert own.spans_on(date(2026, 11, 21)) == MORNING
    assert own.covers(2050)
    assert calendar_from_dict({}, provisional=True) == WorkCalendar(provisional=True)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ([], "日历"),
        ({"weekday": {}}, "weekday"),
        ({"weekly": {"monday": []}}, "weekly.monday"),
        ({"weekly": {"mon": "09:00-12:00"}}, "weekly.mon"),
        ({"weekly": {"mon": ["9:00-12:00"]}}, "weekly.mon"),
        ({"weekly": {"mon": ["12:00-09:00"]}}, "weekly.mon"),
        ({"weekly": {"mon": ["09:00-25:00"]}}, "weekly.mon"),
        ({"weekly": {"mon": ["09:60-12:00"]}}, "weekly.mon"),
        ({"weekly": {"mon": [900]}}, "weekly.mon"),
        ({"weekly": {"mon": ["09:00-12:00", "11:00-18:00"]}}, "weekly.mon"),
        ({"weekly": {"mon": []}}, "weekly"),
        ({"holidays": "2026-01-01"}, "holidays"),
        ({"holidays": ["2026-02-30"]}, "holidays"),
        ({"holidays": ["20260101"]}, "holidays"),
        ({"holidays": ["2026-W01-1"]}, "holidays"),
        ({"holidays": [20260101]}, "holidays"),
        ({"holidays": ["2026-01-01", "2026-01-01"]}, "holidays"),
        ({"holidays": ["2026-01-01"], "workdays": ["2026-01-01"]}, "workdays"),
        ({"workdays": {"2026-01-01": []}}, "workdays.2026-01-01"),
        ({"workdays": {"tomorrow": ["09:00-12:00"]}}, "workdays"),
        ({"years": 2027}, "years"),
        ({"years": ["2027"]}, "years"),
        ({"years": [True]}, "years"),
        ({"years": [27]}, "years"),
        ({"national": "no"}, "national"),
    ],
)
def test_a_wrong_calendar_file_is_refused_with_its_place(data, place):
    with pytest.raises(BadCalendar) as caught:
        calendar_from_dict(data)
    assert list(caught.value.fields) == [place]
    assert caught.value.message.startswith("日历文件有误")
