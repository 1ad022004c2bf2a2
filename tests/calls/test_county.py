"""City and county, each running its own telephone: what the county decides is the county's (R198)."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from huying.audit.models import Event
from huying.calls.forms.calls import CallFilter
from huying.calls.models import Call, CalledNumber, OtherDesk, Phone, PhoneSetting, RouteRule, SkillGroup
from huying.calls.queries.asked import Question
from huying.calls.queries.plan import plan_and_faults
from huying.calls.queries.reports import lines_of, total_of
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.models import Centre, Employer, Region, Staff
from huying.org.operations import install_roles

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
SETTING = {
    "seats": "6", "lines": "8", "wrap_seconds": "60", "last_agent_hours": "0", "last_agent_seconds": "5", "break_minutes": "20",
    "after_missed": "ready", "target_20s": "80", "target_15s": "75", "surge_percent": "200", "surge_minutes": "5",
    "keep_recordings_days": "365",
}
OWNED = (CalledNumber, OtherDesk, Phone, PhoneSetting, RouteRule, SkillGroup)


@pytest.fixture
def county(exchange):
    """A county below the city, with a director of its own."""
    centre = Centre.objects.create(
        code="GKQ", name="港口区12345分中心", level="county", parent=exchange.centre, region=Region.objects.get(code="450602")
    )
    roles = install_roles(centre)
    person = Staff.objects.create(username="county1", name="区主任", centre=centre, employer=Employer.GOVERNMENT)
    person.roles.add(roles["director"])
    exchange.cast.staff["county1"] = person
    return centre


def rows_of(centre):
    return {model: list(model.objects.filter(centre=centre).order_by("pk").values()) for model in OWNED}


def told(centre, plan):
    """What the switch knows of a centre: its numbers, telephones, lines, the number it shows, and all queues but the other's."""
    queues = {group.queue for group in SkillGroup.objects.filter(centre=centre)}
    return {
        "numbers": [asdict(number) for number in plan.numbers if number.centre == centre.code],
        "phones": [asdict(phone) for phone in plan.phones if phone.centre == centre.code],
        "queues": [asdict(queue) for queue in plan.queues if queue.name in queues],
        "lines": plan.lines.get(centre.code), "shown": plan.callers.get(centre.code),
    }


@pytest.mark.req("R198")
def test_a_county_sets_up_its_own_telephone_and_the_citys_stays_as_it_is(exchange, county, client, tmp_path):
    city = exchange.centre
    rows, before = rows_of(city), told(city, plan_and_faults(tmp_path)[0])
    events = Event.objects.filter(centre_id=city.pk).count()
    client.force_login(exchange.cast.staff["county1"], backend=BACKEND)
    page = "/calls/settings"
    group = {"name": "区综合组", "code": "general", "strategy": "ringall", "ring_seconds": "20", "most_wait": "90", "weight": "1",
             "wrap_seconds": "30"}
    assert client.post(f"{page}/groups/new", group).status_code == 302
    queue = SkillGroup.objects.get(centre=county)
    number = {"number": "07702812345", "name": "港口区代表号", "group": queue.pk, "is_outgoing": "on"}
    assert client.post(f"{page}/numbers/new", number).status_code == 302
    assert client.post(f"{page}/handsets/new", {"extension": "8801", "kind": "sip", "place": "区大厅"}).status_code == 200
    assert client.post(f"{page}/phone", SETTING).status_code == 302
    plan, faults = plan_and_faults(tmp_path)
    assert faults == []
    own = told(county, plan)
    assert [(one["called"], one["queue"], one["survey"]) for one in own["numbers"]] == [("07702812345", queue.queue, False)]
    assert (own["lines"], own["shown"], [phone["extension"] for phone in own["phones"]]) == (8, "07702812345", ["8801"])
    assert own["phones"][0]["caller_id"] == "07702812345" and own["queues"][0]["ring_seconds"] == 20
    assert rows_of(city) == rows and told(city, plan) == before
    assert Event.objects.filter(centre_id=city.pk).count() == events and Event.objects.filter(centre_id=county.pk).exists()


@pytest.mark.req("R198")
def test_a_county_cannot_touch_what_is_the_citys(exchange, county, client):
    client.force_login(exchange.cast.staff["county1"], backend=BACKEND)
    rows = rows_of(exchange.centre)
    phone = Phone.objects.get(extension="8001")
    for path in (f"groups/{exchange.groups['general'].pk}", f"numbers/{exchange.number.pk}", f"handsets/{phone.pk}"):
        assert client.get(f"/calls/settings/{path}").status_code == 404, path
        assert client.post(f"/calls/settings/{path}/off").status_code == 404, path
    assert rows_of(exchange.centre) == rows


@pytest.mark.req("R198")
def test_each_counts_its_own_calls_and_the_city_those_of_its_counties_too(exchange, county):
    exchange.call(agent="agent1")
    Call.objects.create(
        centre=county, linkedid="c1", entered_at=clock.now() - timedelta(minutes=3), human_at=clock.now() - timedelta(minutes=3),
    )
    today = clock.now().astimezone(SHANGHAI).date()
    asked = Question(today - timedelta(days=1), today)
    counts = [total_of(exchange.cast.actor(who), asked)["calls"] for who in ("county1", "leader1")]
    assert counts == [1, 2]
    lines = lines_of(exchange.cast.actor("leader1"), replace(asked, by="centre"))
    assert {line.name: line.counts["calls"] for line in lines} == {exchange.centre.name: 1, county.name: 1}


def test_groups_of_one_name_are_told_apart_by_their_centre_where_calls_are_searched(exchange, county):
    SkillGroup.objects.create(centre=county, code="general", name="综合")
    form = CallFilter(centres=[exchange.centre.pk, county.pk])
    labels = [label for _, label in form.fields["group"].choices]
    assert sorted(labels) == sorted(["全部", f"综合（{exchange.centre.name}）", f"综合（{county.name}）", "企业专席"])
