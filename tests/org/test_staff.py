"""Accounts: opened, changed, handed over and closed; who may do it to whom."""

import re
from datetime import date

import pytest

from cast import region
from huying.audit.models import Access, Event
from huying.org.models import Centre, Employer, Role, Staff
from huying.org.operations import Duty, Obligation, disable_staff, enable_staff, obligations, register_obligation
from huying.org.operations.staff import BadStaff, Person, StillHolding, create_staff, edit_staff
from huying.org.policies.manage import AboveYou, Yourself

FORM = {"username": "newcomer", "name": "新来的", "number": "1024", "employer": "contractor", "unit": "", "roles": []}


def role(cast, code):
    return Role.objects.get(centre=cast.demo, code=code)


@pytest.fixture
def local_manager(cast):
    """A contractor's manager of people: not of the government, few permissions of its own."""
    staff = Staff.objects.create(username="hr", name="人事", centre=cast.demo, employer=Employer.CONTRACTOR)
    staff.roles.add(Role.objects.create(
        centre=cast.demo, code="hr", name="人事", permissions=["org.manage_staff", "org.manage_roles", "workorders.comment"],
    ))
    cast.staff["hr"] = staff
    return cast.actor("hr")


def test_opened_with_a_password_shown_once(cast, as_):
    browser = as_("operator1")
    page = browser.post("/manage/people/new", FORM | {"roles": [role(cast, "agent").pk]}).content.decode()
    password = re.search(r"<code>(.+?)</code>", page)[1]
    staff = Staff.objects.get(username="newcomer")
    assert staff.check_password(password) and staff.must_change_password and staff.centre == cast.demo
    assert [each.code for each in staff.roles.all()] == ["agent"] and staff.number == "1024"
    event = Event.objects.get(kind="staff.create")
    assert event.data["username"] == "newcomer" and event.actor_id == cast.staff["operator1"].pk


@pytest.mark.parametrize(("field", "value", "why"), [
    ("username", "agent1", "已被使用"), ("username", "", "请填写"), ("username", "有空 格", "字母"), ("username", "a", "2 到 60"),
    ("name", "", "请填写"), ("name", "长" * 41, "40"), ("employer", "unit", "须选择单位"), ("employer", "boss", "有效"),
    ("roles", ["999999"], "999999"),
])
def test_mistakes_stand_beside_their_field_and_nothing_typed_is_lost(cast, as_, field, value, why):
    page = as_("operator1").post("/manage/people/new", FORM | {field: value}).content.decode()
    place = "unit" if (field, value) == ("employer", "unit") else field
    assert why in page.partition(f'id="id_{place}_error"')[2][:200]
    assert 'value="1024"' in page
    assert not Staff.objects.filter(username="newcomer").exists()


def test_a_units_person_belongs_to_a_unit_of_the_centre(cast, as_):
    browser = as_("operator1")
    browser.post("/manage/people/new", FORM | {"employer": "unit", "unit": cast.units["CG"].pk})
    assert Staff.objects.get(username="newcomer").unit == cast.units["CG"]


def test_changed_and_on_record(cast, as_):
    browser, staff = as_("operator1"), cast.staff["agent1"]
    form = FORM | {"name": "李四", "roles": [role(cast, "agent").pk, role(cast, "follow_up").pk]}
    assert browser.post(f"/manage/people/{staff.pk}", form)["Location"] == "/manage/people"
    event = Event.objects.get(kind="staff.edit")
    assert event.data["changes"] == {
        "name": ["话务员甲", "李四"], "number": ["", "1024"], "roles": [["agent"], ["agent", "follow_up"]],
    }
    history = browser.get("/manage/history").content.decode()
    assert "修改账号" in history and "话务员甲 → 李四" in history


@pytest.mark.req("R251")
@pytest.mark.req("R272")
def test_the_days_that_open_the_queues_are_kept_on_the_page_and_lost_by_no_other_change(cast, as_):
    browser, staff = as_("operator1"), cast.staff["agent1"]
    page, kept = f"/manage/people/{staff.pk}", FORM | {"roles": [role(cast, "agent").pk]}
    browser.post(page, kept | {"confidentiality_signed_on": "2026-03-02", "trained_on": "2026-03-13"})
    staff.refresh_from_db()
    assert (staff.confidentiality_signed_on, staff.trained_on) == (date(2026, 3, 2), date(2026, 3, 13))
    shown = dict(re.findall(r'type="date" name="(\w+)" value="([^"]*)"', browser.get(page).content.decode()))
    assert shown == {"confidentiality_signed_on": "2026-03-02", "trained_on": "2026-03-13"}, "a browser takes no other form"
    browser.post(page, kept | shown | {"name": "李四"})
    staff.refresh_from_db()
    assert (staff.name, staff.confidentiality_signed_on, staff.trained_on) == ("李四", date(2026, 3, 2), date(2026, 3, 13))
    assert Event.objects.filter(kind="staff.edit").latest("pk").data["changes"].keys() == {"name"}
    browser.post(page, kept | shown | {"name": "李四", "trained_on": ""})
    staff.refresh_from_db()
    assert staff.trained_on is None, "taken back when it is meant"


def test_nobody_gives_away_more_than_he_holds(cast, local_manager):
    agent = cast.staff["agent1"]
    with pytest.raises(AboveYou):  # agent1 can do more than this manager: resetting its password would be a promotion
        edit_staff(local_manager, agent, Person(name="x", employer="contractor"))
    with pytest.raises(BadStaff) as refused:
        create_staff(local_manager, cast.demo, "mine", Person(name="x", employer="contractor", roles=[role(cast, "director")]))
    assert "不能授予" in refused.value.fields["roles"]
    with pytest.raises(BadStaff) as refused:
        create_staff(local_manager, cast.demo, "mine", Person(name="x", employer="government"))
    assert "employer" in refused.value.fields
    plain = Role.objects.create(centre=cast.demo, code="plain", name="备注员", permissions=["workorders.comment"])
    staff, _ = create_staff(local_manager, cast.demo, "mine", Person(name="x", employer="contractor", roles=[plain]))
    assert staff.roles.get() == plain


def test_what_cannot_be_given_is_grey_and_says_why(cast, local_manager, as_):
    page = as_("hr").get("/manage/people/new").content.decode()
    director = role(cast, "director").pk
    label = rf'(?s)<label class="org-box([^"]*)"[^>]*><input type="checkbox" name="roles" value="{director}"([^>]*)>.*?</label>'
    box = re.search(label, page)
    assert "is-closed" in box[1] and "disabled" in box[2] and "含有您自己没有的权限" in box[0]


@pytest.mark.req("R252")
def test_a_contractors_account_is_told_what_has_no_effect(cast, as_):
    reviewer = role(cast, "reviewer")
    cast.staff["agent1"].roles.add(reviewer)
    page = as_("operator1").get(f"/manage/people/{cast.staff['agent1'].pk}").content.decode()
    assert "对运营承包方账号不生效" in page
    actor = cast.actor("agent1")
    assert actor.may("workorders.check") and not actor.may("workorders.close") and not actor.may("workorders.arbitrate")


def test_one_cannot_disable_nor_promote_oneself(cast, as_):
    me = cast.staff["operator1"]
    with pytest.raises(Yourself):
        disable_staff(cast.actor("operator1"), me, reason="x")
    page = as_("operator1").post(f"/manage/people/{me.pk}", FORM | {
        "employer": "government", "roles": [role(cast, "director").pk]}).content.decode()
    assert "不能修改自己的角色和身份" in page
    assert [each.code for each in me.roles.all()] == ["operator"]
    assert as_("operator1").post(f"/manage/people/{me.pk}/disable", {"reason": "x"}).status_code == 200
    assert Staff.objects.get(pk=me.pk).is_active


@pytest.mark.req("R207")
@pytest.mark.parametrize("tail", ["", "/disable", "/password", "/unlock", "/second-factor", "/enable"])
def test_people_of_another_centre_are_not_there_and_the_try_is_on_record(cast, as_, tail):
    stranger = cast.staff["agent1@OTHER"]
    path = f"/manage/people/{stranger.pk}{tail}"
    assert as_("operator1").post(path, {"reason": "x"}).status_code == 404
    row = Access.objects.get(kind="refused", path=path)
    assert (row.actor_id, row.stream, row.stream_id) == (cast.staff["operator1"].pk, "staff", stranger.pk)
    stranger.refresh_from_db()
    assert stranger.is_active and not stranger.must_change_password


@pytest.mark.req("R074")
def test_a_higher_centre_manages_the_ones_below_but_not_the_other_way(cast, as_):
    county = Centre.objects.create(
        code="C", name="县中心", level="county", parent=cast.demo, region=region("450621", "上思县", 2),
    )
    below = Staff.objects.create(username="below", name="县里人", centre=county, employer="government")
    below.roles.add(Role.objects.create(centre=county, code="m", name="管理", permissions=["org.manage_staff"]))
    assert "县里人" in as_("operator1").get("/manage/people").content.decode()
    assert as_("operator1").get(f"/manage/people/{below.pk}").status_code == 200
    page = as_("below").get("/manage/people").content.decode()
    assert "县里人" in page and "话务员甲" not in page
    assert as_("below").get(f"/manage/people/{cast.staff['agent1'].pk}").status_code == 404


def test_a_units_manager_manages_the_unit_alone(cast, as_):
    manager = cast.staff["unitleader1"]
    manager.roles.add(Role.objects.create(
        centre=cast.demo, code="um", name="单位管理员", permissions=["org.manage_staff", "org.manage_units"],
    ))
    page = as_("unitleader1").get("/manage/people").content.decode()
    assert "subliaison1" in page and "liaison2" not in page and "agent1" not in page
    with pytest.raises(BadStaff):
        create_staff(cast.actor("unitleader1"), cast.demo, "x1", Person(name="x", employer="unit", unit=cast.units["ZJ"]))
    create_staff(cast.actor("unitleader1"), cast.demo, "x1", Person(name="x", employer="unit", unit=cast.units["CG-1"]))
    assert "市容管理科" in as_("unitleader1").get("/manage/units").content.decode()
    assert "自来水公司" not in as_("unitleader1").get("/manage/units").content.decode()


class Desk:
    """Stands in for a room above with open work."""

    def __init__(self):
        self.open = {"agent1": ["草稿甲", "草稿乙"]}

    def find(self, staff):
        return [Duty(label, f"/x/{label}") for label in self.open.get(staff.username, [])]

    def hand_over(self, staff, to, actor):
        taken = self.open.pop(staff.username)
        self.open.setdefault(to.username, []).extend(taken)
        return len(taken)


@pytest.fixture
def desk(monkeypatch):
    monkeypatch.setattr(obligations, "OBLIGATIONS", [])
    desk = Desk()
    register_obligation(Obligation("drafts", "草稿", desk.find, desk.hand_over))
    return desk


@pytest.mark.req("R164")
def test_open_work_must_be_handed_over_first(cast, desk):
    director = cast.actor("director1")
    with pytest.raises(StillHolding, match="草稿 2 件"):
        disable_staff(director, cast.staff["agent1"], reason="离岗")
    assert Staff.objects.get(username="agent1").is_active
    with pytest.raises(BadStaff):
        disable_staff(director, cast.staff["agent1"], reason="离岗", successor=cast.staff["agent1@OTHER"])
    assert disable_staff(director, cast.staff["agent1"], reason="离岗", successor=cast.staff["agent2"]) == 2
    assert desk.open == {"agent2": ["草稿甲", "草稿乙"]}
    event = Event.objects.get(kind="staff.disable")
    assert (event.reason, event.data["handed_over"], event.data["successor"]) == ("离岗", 2, "agent2")


@pytest.mark.req("R164")
def test_the_page_lists_what_is_open_and_asks_for_a_successor(cast, desk, as_):
    browser, path = as_("operator1"), f"/manage/people/{cast.staff['agent1'].pk}/disable"
    page = browser.get(path).content.decode()
    assert "草稿（2 件）" in page and 'href="/x/草稿甲"' in page and "接手人" in page
    assert "请填写" in browser.post(path, {"reason": "离岗"}).content.decode()
    browser.post(path, {"reason": "离岗", "successor": cast.staff["agent2"].pk})
    assert not Staff.objects.get(username="agent1").is_active and "agent2" in desk.open


@pytest.mark.req("R164")
def test_work_that_stays_behind_keeps_the_account_open(cast, desk, monkeypatch):
    monkeypatch.setattr(desk, "find", lambda staff: [Duty("粘住的")])
    register_obligation(Obligation("drafts", "草稿", desk.find, desk.hand_over))
    with pytest.raises(StillHolding):
        disable_staff(cast.actor("director1"), cast.staff["agent1"], reason="离岗", successor=cast.staff["agent2"])
    assert Staff.objects.get(username="agent1").is_active
    assert not Event.objects.filter(kind="staff.disable").exists()


def test_opened_again_with_a_new_password_to_come(cast):
    director = cast.actor("director1")
    disable_staff(director, cast.staff["agent1"], reason="离岗")
    enable_staff(director, cast.staff["agent1"])
    staff = Staff.objects.get(username="agent1")
    assert staff.is_active and staff.must_change_password


def test_found_by_name_number_unit_role_and_state(cast, as_):
    browser = as_("operator1")
    Staff.objects.filter(username="agent2").update(is_active=False, number="A7")
    for asked, inside, outside in [
        ("q=A7", "agent2", "agent1"), ("q=城市管理局", "liaison1", "liaison2"), ("role=liaison", "liaison2", "unitleader1"),
        ("state=disabled", "agent2", "agent1"), ("employer=government", "buyer1", "agent1"), ("centre=x", "agent1", "@OTHER"),
    ]:
        page = browser.get(f"/manage/people?{asked}").content.decode()
        assert f">{inside}<" in page and f">{outside}<" not in page, asked
    assert "没有符合条件的人员" in browser.get("/manage/people?q=没有这个人").content.decode()
