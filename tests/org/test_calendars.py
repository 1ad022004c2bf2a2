"""Working calendars: typed line by line, told in Chinese where they are wrong, looked at by the month."""

from datetime import UTC, date, datetime

import pytest

from huying.audit.models import Event
from huying.kernel.calendar import calendar_from_dict
from huying.org.models import Calendar
from huying.org.queries import calendar_of, work_calendar
from huying.org.rules.calendar_form import BadEntry, run, runs, to_data, to_typed

WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:30-12:00 14:30-17:30") | {"sat": "", "sun": ""}
FORM = {"name": "夏令时", "national": "on", "holidays": "", "workdays": "", "years": "", **WEEK}


@pytest.mark.req("R116")
def test_saved_and_counted(cast, as_):
    browser = as_("operator1")
    sent = FORM | {"holidays": "2027-02-05 至 2027-02-07\n2027-05-01", "workdays": "2027-02-14 09:00-12:00", "years": "2027"}
    answer = browser.post("/manage/calendars/new", sent)
    row = Calendar.objects.get()
    assert answer["Location"] == f"/manage/calendars/{row.pk}"
    assert row.data["holidays"] == ["2027-02-05", "2027-02-06", "2027-02-07", "2027-05-01"]
    calendar = work_calendar(row)
    assert calendar.covers(2027) and not calendar.spans_on(date(2027, 2, 5))
    assert [str(span) for span in calendar.spans_on(date(2027, 2, 14))] == ["09:00-12:00"]
    assert calendar.after_workdays(datetime(2027, 2, 4, 1, tzinfo=UTC), 1).isoformat() == "2027-02-08T17:30:00+08:00"
    page = browser.get(f"/manage/calendars/{row.pk}").content.decode()
    assert "2027-02-05 至 2027-02-07" in page and 'value="08:30-12:00  14:30-17:30"' in page
    assert Event.objects.get(kind="calendar.create").data["after"] == row.data


@pytest.mark.parametrize(("change", "field", "why"), [
    ({"mon": "9-12"}, "mon", "应写作 09:00-12:00"), ({"tue": "09:00-12:00 11:00-13:00"}, "tue", "重叠"),
    ({"holidays": "2027-02-30"}, "holidays", "不是日期"), ({"holidays": "2027-02-05 至 2027-02-01"}, "holidays", "不早于"),
    ({"holidays": "2027-01-01\n2027-01-01"}, "holidays", "重复"), ({"workdays": "周日"}, "workdays", "不是日期"),
    ({"holidays": "2027-02-14", "workdays": "2027-02-14"}, "workdays", "既列为放假又列为上班"),
    ({"workdays": "2027-02-14 09:00-12:00\n2027-02-20"}, "workdays", "没有写时段"), ({"years": "明年"}, "years", "不是年份"),
    ({"years": "27"}, "years", "不是年份"), (dict.fromkeys(WEEK, ""), "", "没有任何工作时间"), ({"name": ""}, "name", "请填写"),
])
def test_what_is_wrong_stands_beside_its_line(cast, as_, change, field, why):
    page = as_("operator1").post("/manage/calendars/new", FORM | change).content.decode()
    assert why in page
    assert not field or why in page.partition(f'id="id_{field}_error"')[2][:200]
    assert not Calendar.objects.exists()


def test_looked_at_before_it_is_saved(cast, as_):
    browser = as_("operator1")
    page = browser.post("/manage/calendars/new", FORM | {"holidays": "2026-11-20", "month": "2026-11", "_preview": "1"}).content.decode()
    assert "2026 年 11 月" in page and "本中心休息" in page and "8:30-12" in page
    assert not Calendar.objects.exists()
    october = browser.get("/manage/calendars?month=2026-10").content.decode()
    assert "国庆节" in october and "尚未登记" not in october
    assert "2099 年的节假日安排尚未登记" in browser.get("/manage/calendars?month=2099-01").content.decode()
    assert browser.get("/manage/calendars?month=rubbish").status_code == 200


def test_the_nearest_calendar_counts_and_one_in_use_stays(cast, as_):
    browser = as_("operator1")
    browser.post("/manage/calendars/new", FORM)
    row = Calendar.objects.get()
    cast.demo.calendar = row
    cast.demo.save(update_fields=["calendar"])
    assert calendar_of(centre=cast.demo, unit=cast.units["CG-1"]) == row
    browser.post(f"/manage/calendars/{row.pk}/delete")
    assert Calendar.objects.exists()
    assert "还有中心或单位在使用" in browser.get(f"/manage/calendars/{row.pk}").content.decode()
    type(cast.demo).objects.update(calendar=None)
    browser.post(f"/manage/calendars/{row.pk}/delete")
    assert not Calendar.objects.exists()


@pytest.mark.req("R207")
def test_another_centres_calendar_is_not_there(cast, as_):
    theirs = Calendar.objects.create(centre=cast.other, name="外市日历", data={})
    assert as_("operator1").get(f"/manage/calendars/{theirs.pk}").status_code == 404
    assert "外市日历" not in as_("operator1").get("/manage/calendars").content.decode()


@pytest.mark.parametrize("data", [
    {}, {"weekly": {"mon": ["00:00-24:00"]}, "national": False}, {"holidays": ["2027-01-01", "2027-01-02", "2027-03-01"]},
    {"workdays": ["2027-02-14", "2027-02-20"]}, {"workdays": {"2027-02-14": ["09:00-12:00"]}, "years": [2027, 2028]},
])
def test_shown_and_typed_again_means_the_same(data):
    office = {day: ["09:00-12:00", "13:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")} | {"sat": [], "sun": []}
    again = to_data(to_typed(data, office))
    before, after = calendar_from_dict(data), calendar_from_dict(again)
    assert (before.weekly, dict(before.overrides), before.years, before.national) == (
        after.weekly, dict(after.overrides), after.years, after.national)


def test_dates_as_people_write_them():
    assert run("2027年2月5日") == run("2027/2/5") == run("2027-02-05") == [date(2027, 2, 5)]
    assert runs(["2027-02-06", "2027-02-05", "2027-03-01"]) == ["2027-02-05 至 2027-02-06", "2027-03-01"]
    with pytest.raises(BadEntry, match="60 天"):
        run("2027-01-01 至 2028-01-01")
