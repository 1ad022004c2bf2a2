"""What a centre decides about its telephone, lists of callers, least seats: on their pages, in force at once."""

import pytest

from calls.exchange import CALLER, hash_of
from huying.audit.models import Event
from huying.calls.models import CalledNumber, CallerList, ListedCaller, PhoneSetting, SeatPeriod, SkillGroup

pytestmark = pytest.mark.django_db
SETTING = {
    "seats": "40", "lines": "60", "wrap_seconds": "180", "last_agent_hours": "24", "last_agent_seconds": "10", "break_minutes": "15",
    "after_missed": "busy", "target_20s": "90", "target_15s": "90", "surge_percent": "150", "surge_minutes": "10",
    "keep_recordings_days": "730", "survey": "on",
}


@pytest.fixture
def director(exchange, client):
    client.force_login(exchange.cast.staff["director1"], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_capacity_is_a_setting_changed_while_it_runs(exchange, director):
    assert director.post("/calls/settings/phone", SETTING).status_code == 302
    assert PhoneSetting.objects.get(centre=exchange.centre).seats == 40
    event = Event.objects.get(kind="phone_setting.edit")
    assert event.data["changes"] == {"seats": ["35", "40"]}
    refused = director.post("/calls/settings/phone", {**SETTING, "seats": "0", "target_20s": "120"})
    page = refused.content.decode()
    assert refused.status_code == 422 and "请填 1 到 2000 之间的数" in page and "请填 0 到 100 之间的百分数" in page
    assert 'value="120"' in page  # what was typed stays
    assert PhoneSetting.objects.get(centre=exchange.centre).seats == 40


def test_what_the_switch_could_not_be_told_is_said_there(exchange, director):
    closed = SkillGroup.objects.create(centre=exchange.centre, code="old", name="旧组", is_active=False)
    CalledNumber.objects.create(centre=exchange.centre, number="12319", name="旧热线", group=closed)
    page = director.get("/calls/settings/phone").content.decode()
    assert "被叫号码 12319：默认技能组已停用" in page


@pytest.mark.req("R203")
def test_a_list_takes_numbers_once_each_and_names_the_lines_that_are_none(exchange, director):
    typed = {"code": "elderly", "name": "高龄老人", "numbers": f"{CALLER} 张奶奶\n+86 {CALLER}\n\n0770-2823456\t独居"}
    assert director.post("/calls/settings/lists/new", typed).status_code == 302
    row = CallerList.objects.get()
    assert row.callers.count() == 2
    assert row.callers.filter(number_hash=hash_of(CALLER)).count() == 1
    refused = director.post(f"/calls/settings/lists/{row.pk}", {**typed, "numbers": "13907709999\n不是号码"})
    assert refused.status_code == 422 and "第 2 行" in refused.content.decode() and "13907709999" in refused.content.decode()
    page = director.get(f"/calls/settings/lists/{row.pk}").content.decode()
    assert "139****1234" in page and CALLER not in page
    again = director.post("/calls/settings/lists/new", typed)
    assert again.status_code == 422 and "已有这个代码" in again.content.decode()
    director.post(f"/calls/settings/lists/off/{row.callers.get(number_hash=hash_of(CALLER)).pk}")
    assert row.callers.count() == 1
    director.post(f"/calls/settings/lists/{row.pk}/delete")
    assert not CallerList.objects.exists() and not ListedCaller.objects.exists()
    assert list(Event.objects.filter(kind__startswith="caller_list").order_by("id").values_list("kind", flat=True)) == [
        "caller_list.add", "caller_list.take_off", "caller_list.delete"
    ]


def test_least_seats_by_period(exchange, director):
    typed = {"name": "白班", "weekdays": ["1", "2", "5"], "begins": "08:00", "ends": "18:00", "least": "4"}
    assert director.post("/calls/settings/periods/new", typed).status_code == 302
    row = SeatPeriod.objects.get()
    assert (row.weekdays, row.least, row.weekdays_in_words) == ("125", 4, "周一、周二、周五")
    page = director.get(f"/calls/settings/periods/{row.pk}").content.decode()
    assert page.count("checked") == 3
    refused = director.post(f"/calls/settings/periods/{row.pk}", {**typed, "begins": "22:00", "ends": "06:00"})
    assert refused.status_code == 422 and "请分成两段" in refused.content.decode()
    director.post(f"/calls/settings/periods/{row.pk}/delete")
    assert not SeatPeriod.objects.exists()
