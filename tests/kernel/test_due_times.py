"""Properties every due time has, whatever the office hours, and the terms of a rule pack (R116)."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huying.kernel.calendar import Calendar, NaturalCalendar, Span, WorkCalendar
from huying.kernel.clock import SHANGHAI
from huying.kernel.deadline import BadTerm, Term, calendar_for, due, remaining, resume

NATURAL = NaturalCalendar()
OFFICE = WorkCalendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@st.composite
def day_spans(draw, least=0):
    edges = sorted(draw(st.sets(st.integers(0, 1440), min_size=2 * least, max_size=6)))
    return tuple(Span(*edges[index : index + 2]) for index in range(0, len(edges) - 1, 2))


@st.composite
def calendars(draw):
    # Monday has some hours, lest a long count run out of the years that are known.
    monday = draw(day_spans(least=1).filter(lambda spans: sum(span.closes - span.opens for span in spans) >= 240))
    weekly = (monday, *(draw(day_spans()) for _ in range(6)))
    days = st.dates(date(2017, 12, 1), date(2026, 12, 31))
    overrides = draw(st.dictionaries(days, st.none() | day_spans(), max_size=20))
    return WorkCalendar(weekly, overrides, national=draw(st.booleans()))


any_calendar = st.one_of(st.just(OFFICE), st.just(NATURAL), calendars())
moments = st.datetimes(
    at("2018-01-01").replace(tzinfo=None), at("2025-09-30").replace(tzinfo=None), timezones=st.just(SHANGHAI)
)
lengths = st.timedeltas(timedelta(0), timedelta(hours=30))
terms = st.one_of(
    st.builds(Term, workdays=st.integers(1, 15)),
    st.builds(Term, minutes=st.integers(1, 3000), natural=st.booleans()),
)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.req("R116")
@quick
@given(any_calendar, moments, terms)
def test_due_never_falls_in_non_working_time(calendar: Calendar, start, term):
    found = due(start, term, calendar)
    assert calendar_for(term, calendar).may_be_due(found.at)
    assert found.at > start
    assert not found.provisional
    assert found.stretches[0].begins >= start
    assert all(before.ends <= after.begins for before, after in pairwise(found.stretches))
    assert found.stretches[-1].ends == found.at


@quick
@given(any_calendar, moments, lengths, lengths)
def test_adding_spans_is_associative(calendar: Calendar, start, one, other):
    assert calendar.add_working(calendar.add_working(start, one), other) == calendar.add_working(start, one + other)


@quick
@given(any_calendar, moments, lengths)
def test_adding_and_measuring_agree(calendar: Calendar, start, length):
    counted = calendar.explain_add(start, length)
    assert counted.at == calendar.add_working(start, length) >= start
    assert counted.length == length == calendar.working_between(start, counted.at)
    assert sum((stretch.length for stretch in counted.stretches), timedelta(0)) == length


@quick
@given(
    any_calendar,
    moments,
    st.timedeltas(timedelta(0), timedelta(days=20)),
    st.timedeltas(timedelta(0), timedelta(days=20)),
)
def test_stretches_tile_the_working_time(calendar: Calendar, start, first, second):
    middle, end = start + first, start + first + second
    whole = calendar.working_between(start, end)
    assert calendar.working_between(start, middle) + calendar.working_between(middle, end) == whole
    for stretch in calendar.spans_between(start, end):
        assert start <= stretch.begins < stretch.ends <= end
        assert calendar.is_working(stretch.begins)
        assert calendar.is_working(stretch.begins + stretch.length / 2)


@quick
@given(calendars(), moments, st.timedeltas(timedelta(0), timedelta(hours=30)))
def test_counting_by_spans_is_counting_minute_by_minute(calendar: Calendar, start, length):
    start = start.replace(second=0, microsecond=0)
    minutes, moment = int(length.total_seconds() // 60), start
    end = start + timedelta(minutes=minutes)
    counted = 0
    while moment < end:
        counted += calendar.is_working(moment)
        moment += timedelta(minutes=1)
    assert calendar.working_between(start, end) == timedelta(minutes=counted)


@pytest.mark.req("R116")
@quick
@given(
    any_calendar,
    moments,
    terms,
    st.timedeltas(timedelta(0), timedelta(days=9)),
    st.timedeltas(timedelta(0), timedelta(days=9)),
)
def test_a_pause_shifts_by_exactly_its_working_length(calendar: Calendar, start, term, until_pause, pause):
    own = calendar_for(term, calendar)
    before = due(start, term, calendar).at
    paused, resumed = start + until_pause, start + until_pause + pause
    after = resume(before, paused, resumed, own).at
    assert own.working_between(before, after) == own.working_between(paused, resumed)
    assert own.may_be_due(after)
    assert remaining(resumed, after, own) == remaining(paused, before, own)


@quick
@given(any_calendar, moments, st.integers(1, 15))
def test_the_last_moment_for_an_extension_mirrors_the_term(calendar: Calendar, start, n):
    close = calendar.after_workdays(start, n)
    assert calendar.before_workdays(close, n) <= close
    assert calendar.before_workdays(calendar.after_workdays(start, n + 1), 1) == close


@pytest.mark.req("R116")
def test_an_urgent_order_does_not_wait_for_the_office():
    saturday = at("2026-10-03T23:50")
    found = due(saturday, Term.parse({"minutes": 15, "natural": True}), OFFICE)
    assert found.at == at("2026-10-04T00:05")
    assert due(saturday, Term.parse({"hours": 24, "natural": True}), OFFICE).at == at("2026-10-04T23:50")


def test_natural_days_end_at_midnight():
    assert NATURAL.after_workdays(at("2026-10-01T08:00"), 7) == at("2026-10-09T00:00")
    assert NATURAL.before_workdays(at("2026-10-09T00:00"), 7) == at("2026-10-02T00:00")
    assert [row.note for row in NATURAL.explain_workdays(at("2026-10-01T08:00"), 2).stretches] == ["第 1 天", "第 2 天"]


def test_what_natural_time_refuses():
    with pytest.raises(ValueError, match="before"):
        NATURAL.working_between(at("2026-01-06T00:00"), at("2026-01-05T00:00"))
    with pytest.raises(ValueError, match="added"):
        NATURAL.add_working(at("2026-01-06T00:00"), timedelta(minutes=-1))
    for count in (NATURAL.after_workdays, NATURAL.before_workdays):
        with pytest.raises(ValueError, match="one day"):
            count(at("2026-01-06T00:00"), 0)


def test_remaining_is_negative_working_time_once_overdue():
    closing = at("2026-11-20T18:00")
    assert remaining(at("2026-11-20T16:00"), closing, OFFICE) == timedelta(hours=2)
    assert remaining(at("2026-11-22T16:00"), closing, OFFICE) == timedelta(0)
    assert remaining(at("2026-11-23T10:00"), closing, OFFICE) == timedelta(hours=-1)


def test_a_pause_over_the_weekend_costs_only_working_time():
    moved = resume(at("2026-11-23T18:00"), at("2026-11-20T17:00"), at("2026-11-23T10:00"), OFFICE)
    assert moved.at == at("2026-11-24T11:00")
    assert not moved.provisional


def test_a_term_over_an_unknown_new_year_is_provisional():
    lenient = WorkCalendar(provisional=True)
    found = due(at("2098-12-29T10:00"), Term(workdays=5), lenient)
    assert found.provisional
    assert resume(found.at, at("2098-12-30T10:00"), at("2098-12-30T11:00"), lenient).provisional


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"workdays": 5}, "5 个工作日"),
        ({"hours": 4}, "4 个工作小时"),
        ({"hours": 0.5}, "30 个工作分钟"),
        ({"minutes": 90}, "90 个工作分钟"),
        ({"minutes": 30, "natural": True}, "30 分钟"),
        ({"hours": 24, "natural": True}, "24 小时"),
        ({"minutes": 120, "natural": False}, "2 个工作小时"),
    ],
)
def test_terms_are_read_and_named(data, text):
    term = Term.parse(data)
    assert str(term) == text
    assert Term.parse(term.to_dict()) == term


@pytest.mark.parametrize(
    "data",
    [
        None,
        5,
        {},
        {"workdays": 0},
        {"workdays": -1},
        {"workdays": 1.5},
        {"workdays": True},
        {"workdays": "5"},
        {"workdays": 5, "hours": 4},
        {"workdays": 5, "natural": True},
        {"workdays": 4000},
        {"hours": float("nan")},
        {"hours": float("inf")},
        {"hours": 0.001},
        {"minutes": 30, "natural": "yes"},
        {"days": 7},
        {"natural": True},
    ],
)
def test_a_term_that_cannot_be_counted_is_refused(data):
    with pytest.raises(BadTerm):
        Term.parse(data)
