"""Trunks, numbers, telephones, groups, skills, desks, rules: made, changed, switched off; recorded; of one's own centre only."""

import pytest

from huying.audit.models import Event
from huying.calls.models import CalledNumber, OtherDesk, Phone, RouteRule, SeatSession, Skill, SkillGroup, Trunk
from huying.calls.queries.plan import plan_and_faults
from huying.kernel import clock
from huying.org.models import Centre, Employer, Staff

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def director(exchange, client):
    client.force_login(exchange.cast.staff["director1"], backend=BACKEND)
    return client


def changes(kind):
    return Event.objects.filter(kind=kind).latest("id").data["changes"]


def refused(client, path, data, *words):
    """422, the words beside what was typed."""
    answer = client.post(path, data)
    page = answer.content.decode()
    assert answer.status_code == 422, answer.status_code
    for word in words:
        assert word in page
    return page


def test_a_trunk(exchange, director, tmp_path):
    typed = {"name": "unicom", "match": "10.1.2.0/24, 10.1.3.4", "contact": "10.1.2.3:5060", "codecs": ["alaw"], "lines": "30"}
    page = refused(director, "/calls/settings/trunks/new", {**typed, "match": "somewhere", "contact": "10.1.2.3"}, "应为 IP 地址或网段",
                   "外呼地址应形如")
    assert "somewhere" in page
    assert director.post("/calls/settings/trunks/new", typed).status_code == 302
    row = Trunk.objects.get(name="unicom")
    assert row.match == ["10.1.2.0/24", "10.1.3.4"]
    assert changes("trunk.add")["lines"] == [None, 30]
    refused(director, "/calls/settings/trunks/new", typed, "已有这个名称")
    assert "unicom" in {trunk.name for trunk in plan_and_faults(tmp_path)[0].trunks}
    assert director.post(f"/calls/settings/trunks/{row.pk}/off").status_code == 302
    assert "unicom" not in {trunk.name for trunk in plan_and_faults(tmp_path)[0].trunks}
    assert Event.objects.filter(kind="trunk.off").exists()
    assert "停用" in director.get("/calls/settings/trunks/").content.decode()


def test_a_called_number(exchange, director):
    group = exchange.groups["general"]
    typed = {"number": "12319", "name": "旧城管热线", "group": group.pk}
    refused(director, "/calls/settings/numbers/new", {**typed, "number": "0770-123"}, "3 到 20 位数字")
    refused(director, "/calls/settings/numbers/new", {**typed, "is_outgoing": "on"}, "外呼主叫已是 12345")
    assert director.post("/calls/settings/numbers/new", typed).status_code == 302
    row = CalledNumber.objects.get(number="12319")
    director.post(f"/calls/settings/numbers/{row.pk}", {**typed, "name": "城管热线"})
    assert changes("called_number.edit") == {"name": ["旧城管热线", "城管热线"]}
    refused(director, "/calls/settings/numbers/new", typed, "已经配置过")


def test_a_number_of_another_centre_is_refused_without_a_crash(exchange, director):
    other = SkillGroup.objects.create(centre=exchange.cast.other, code="x", name="邻市组")
    CalledNumber.objects.create(centre=exchange.cast.other, number="12399", name="邻市", group=other)
    typed = {"number": "12399", "name": "抢号", "group": exchange.groups["general"].pk}
    refused(director, "/calls/settings/numbers/new", typed, "抢号")
    refused(director, "/calls/settings/numbers/new", {**typed, "number": "12398", "group": other.pk}, "选择一个有效的选项")


def test_a_telephone_and_its_password_that_is_shown_once(exchange, director):
    typed = {"extension": "8050", "kind": "sip", "place": "2 排 3 号", "owner": exchange.cast.staff["agent1"].pk}
    refused(director, "/calls/settings/handsets/new", {**typed, "extension": "0800"}, "不以 0 开头")
    refused(director, "/calls/settings/handsets/new", {**typed, "kind": "citizen"}, "有效的选项")
    page = director.post("/calls/settings/handsets/new", typed).content.decode()
    row = Phone.objects.get(extension="8050")
    assert row.password in page and "只在这里显示一次" in page
    first = row.password
    assert first not in director.get(f"/calls/settings/handsets/{row.pk}").content.decode()
    page = director.post(f"/calls/settings/handsets/{row.pk}/password").content.decode()
    row.refresh_from_db()
    assert row.password != first and row.password in page
    assert not any(row.password in str(event.data) or first in str(event.data) for event in Event.objects.all())
    director.post(f"/calls/settings/handsets/{row.pk}", {**typed, "extension": "9999", "place": "窗边"})
    row.refresh_from_db()
    assert (row.extension, row.place) == ("8050", "窗边")


def test_the_citizens_telephone_is_not_among_them(exchange, director):
    row = Phone.objects.create(centre=exchange.centre, extension="7001", kind="citizen", password="quite-secret-42")
    assert "7001" not in director.get("/calls/settings/handsets/").content.decode()
    assert director.get(f"/calls/settings/handsets/{row.pk}").status_code == 404
    assert director.post(f"/calls/settings/handsets/{row.pk}/password").status_code == 404


def test_a_telephone_in_use_is_not_switched_off(exchange, director):
    row = exchange.sit("agent1").phone
    director.post(f"/calls/settings/handsets/{row.pk}/off")
    row.refresh_from_db()
    assert row.is_active


@pytest.mark.req("R208")
def test_a_group_and_its_overflow(exchange, director):
    general, enterprise = exchange.groups["general"], exchange.groups["enterprise"]
    typed = {"name": "企业专席", "code": "enterprise", "strategy": "rrmemory", "ring_seconds": "10", "most_wait": "60",
             "overflow": general.pk, "weight": "2", "announces": "on", "wrap_seconds": "180"}
    assert director.post(f"/calls/settings/groups/{enterprise.pk}", typed).status_code == 302
    enterprise.refresh_from_db()
    assert enterprise.overflow == general and not enterprise.offers_call_back
    back = {**typed, "name": "综合", "code": "general", "overflow": enterprise.pk}
    refused(director, f"/calls/settings/groups/{general.pk}", back, "溢出转了一圈")
    refused(director, f"/calls/settings/groups/{general.pk}", {**back, "overflow": "", "ring_seconds": "1"}, "5 到 120")
    refused(director, "/calls/settings/groups/new", {**typed, "overflow": ""}, "已有这个代码")
    director.post(f"/calls/settings/groups/{general.pk}/off")
    general.refresh_from_db()
    assert general.is_active
    assert "被叫号码 12345 还在使用" in director.get(f"/calls/settings/groups/{general.pk}").content.decode()


def test_skills_of_people(exchange, director):
    general, enterprise = exchange.groups["general"], exchange.groups["enterprise"]
    agent1, agent2 = exchange.cast.staff["agent1"], exchange.cast.staff["agent2"]
    page = director.get("/calls/settings/skills/?q=agent").content.decode()
    assert f'name="s{agent1.pk}g{enterprise.pk}"' in page
    typed = {f"s{agent1.pk}g{general.pk}": "", f"s{agent1.pk}g{enterprise.pk}": "3", f"s{agent2.pk}g{general.pk}": "1"}
    assert director.post("/calls/settings/skills/?q=agent", typed).status_code == 302
    now = set(Skill.objects.values_list("staff__username", "group__code", "level"))
    assert now == {("agent1", "enterprise", 3), ("agent2", "general", 1)}
    event = Event.objects.get(kind="skill.edit")
    assert event.data["changes"] == {"agent1：general": [1, None], "agent1：enterprise": [None, 3]}
    page = director.get("/manage/history").content.decode()
    assert "坐席技能" in page and "agent1：enterprise" in page
    refused(director, "/calls/settings/skills/?q=agent", {f"s{agent1.pk}g{enterprise.pk}": "12"}, "有效的选项")


@pytest.mark.req("R225")
def test_four_kinds_of_management_pages_and_a_skill_in_force_at_once(exchange, director):
    general, enterprise = exchange.groups["general"], exchange.groups["enterprise"]
    agent1 = exchange.cast.staff["agent1"]
    phone = Phone.objects.create(centre=exchange.centre, extension="8055", password="p" * 20)
    now = {"state_since": clock.now(), "started_at": clock.now()}
    seat = SeatSession.objects.create(centre=exchange.centre, staff=agent1, phone=phone, groups={str(general.pk): 1}, **now)
    typed = {f"s{agent1.pk}g{general.pk}": "", f"s{agent1.pk}g{enterprise.pk}": "3"}
    assert director.post("/calls/settings/skills/?q=agent1", typed).status_code == 302
    seat.refresh_from_db()
    assert seat.groups == {str(enterprise.pk): 3}
    for page in ("/calls/settings/handsets/", "/calls/settings/groups/", "/manage/roles", "/calls/blocks/"):
        assert director.get(page, follow=True).status_code == 200, page


def test_another_desk(exchange, director):
    typed = {"code": "12328", "name": "12328 交通运输", "number": "12328", "order": "60"}
    refused(director, "/calls/settings/desks/new", {**typed, "number": "一二三"}, "3 到 20 位数字")
    assert director.post("/calls/settings/desks/new", typed).status_code == 302
    assert OtherDesk.objects.get().centre == exchange.centre
    refused(director, "/calls/settings/desks/new", typed, "已有这个代码")


def test_a_route_rule(exchange, director):
    typed = {"name": "企业号段", "order": "10", "called": exchange.number.pk, "prefixes": "07702，07703", "labels": "企业 老人",
             "hours_from": "22:00", "hours_to": "06:00", "group": exchange.groups["enterprise"].pk, "priority": "4"}
    refused(director, "/calls/settings/rules/new", {**typed, "group": "", "priority": "0"}, "请至少写明一个去向")
    refused(director, "/calls/settings/rules/new", {**typed, "prefixes": "abc"}, "不是号段")
    refused(director, "/calls/settings/rules/new", {**typed, "hours_to": "22:00"}, "永远不会生效")
    assert director.post("/calls/settings/rules/new", typed).status_code == 302
    row = RouteRule.objects.get()
    assert (row.prefixes, row.labels) == (["07702", "07703"], ["企业", "老人"])
    page = director.get("/calls/settings/rules/").content.decode()
    assert "号段 07702、07703" in page and "22:00–06:00" in page and "技能组 企业专席，优先 4" in page
    director.post(f"/calls/settings/rules/{row.pk}/delete")
    assert not RouteRule.objects.exists() and Event.objects.filter(kind="route_rule.delete").exists()


@pytest.mark.req("R207")
def test_nobody_reaches_another_centres_rows(exchange, client):
    client.force_login(exchange.cast.staff["director1@OTHER"], backend=BACKEND)
    group, number = exchange.groups["general"], exchange.number
    asked = f"?centre={exchange.centre.pk}"
    for path in (f"groups/{group.pk}", f"numbers/{number.pk}", f"skills/{asked}", f"groups/new{asked}"):
        assert client.get(f"/calls/settings/{path}").status_code == 404, path
    for slug in ("groups", "numbers", "handsets", "trunks"):
        page = client.get(f"/calls/settings/{slug}/").content.decode()
        assert "综合" not in page and "12345 热线" not in page and "8001" not in page and "carrier" not in page


def test_a_centre_below_is_chosen_on_the_page(exchange, director):
    below = Centre.objects.create(code="DEMO-X", name="港口区分中心", parent=exchange.centre, region=exchange.centre.region)
    assert "港口区分中心" in director.get("/calls/settings/groups/new").content.decode()
    typed = {"name": "综合", "code": "general", "strategy": "rrmemory", "ring_seconds": "10", "most_wait": "60", "weight": "0",
             "wrap_seconds": "0", "overflow": exchange.groups["general"].pk}
    assert director.post(f"/calls/settings/groups/new?centre={below.pk}", typed).status_code == 302
    assert SkillGroup.objects.get(centre=below).overflow == exchange.groups["general"]
    refused(director, f"/calls/settings/numbers/new?centre={below.pk}",
            {"number": "0770999", "name": "代表号", "group": exchange.groups["general"].pk}, "有效的选项")


def test_what_is_set_from_above_stays_when_a_centre_below_cannot_see_it(exchange, client):
    """The city's group helps out in a district; the district's keeper changes something else."""
    cast, city = exchange.cast, exchange.groups["general"]
    below = Centre.objects.create(code="DEMO-X", name="港口区分中心", parent=exchange.centre, region=exchange.centre.region)
    group = SkillGroup.objects.create(centre=below, code="general", name="综合", overflow=city)
    keeper = Staff.objects.create(username="keeper", name="区管理员", centre=below, employer=Employer.GOVERNMENT)
    keeper.roles.add(*cast.staff["director1"].roles.all())
    client.force_login(keeper, backend=BACKEND)
    typed = {"name": "区综合", "code": "general", "strategy": "rrmemory", "ring_seconds": "10", "most_wait": "60", "weight": "0",
             "wrap_seconds": "0"}
    assert not _offered(client, group)
    assert client.post(f"/calls/settings/groups/{group.pk}", typed).status_code == 302
    group.refresh_from_db()
    assert (group.name, group.overflow) == ("区综合", city)
    assert "区综合" in client.get("/calls/settings/groups/").content.decode()
    assert client.get(f"/calls/settings/groups/{city.pk}").status_code == 404


def _offered(client, group):
    return 'name="overflow"' in client.get(f"/calls/settings/groups/{group.pk}").content.decode()
