"""Roles are editable sets of permissions of one centre."""

import re

import pytest

from huying.audit.models import Access, Event
from huying.org.catalog import known_permissions
from huying.org.models import Employer, Role, Staff
from huying.org.operations.roles import BadRole, save_role

pytestmark = pytest.mark.req("R251")


def role(cast, code="agent"):
    return Role.objects.get(centre=cast.demo, code=code)


def test_every_room_has_put_its_permissions_on_the_page(cast, as_):
    page = as_("operator1").get(f"/manage/roles/{role(cast).pk}").content.decode()
    shown = set(re.findall(r'name="permissions" value="([\w.]+)"', page))
    assert shown == known_permissions()
    assert {code.split(".")[0] for code in shown} >= {"audit", "citizens", "org", "workorders"}
    for title in ("工单", "组织与权限"):
        assert f'<p class="org-boxes__title">{title}</p>' in page


def test_the_shipped_roles_hold_only_permissions_that_exist(cast):
    for each in Role.objects.filter(centre=cast.demo):
        assert set(each.permissions) <= known_permissions(), each.code


def test_a_changed_role_counts_for_its_holders_at_once(cast, as_):
    agent = as_("agent1")
    assert agent.get("/desk/today/").status_code == 200
    answer = as_("operator1").post(
        f"/manage/roles/{role(cast).pk}", {"name": "话务员", "code": "agent", "permissions": ["workorders.comment"]},
    )
    assert answer["Location"] == "/manage/roles"
    assert role(cast).permissions == ["workorders.comment"]
    assert agent.get("/desk/today/").status_code == 404
    event = Event.objects.get(kind="role.edit")
    assert event.data["added"] == [] and "workorders.intake" in event.data["removed"]
    assert "去掉权限" in as_("operator1").get("/manage/history?kind=role").content.decode()


def test_made_and_deleted(cast, as_):
    browser = as_("operator1")
    browser.post("/manage/roles/new", {"name": "夜班", "code": "night", "permissions": ["workorders.intake"]})
    made = role(cast, "night")
    assert "已有这个编码" in browser.post("/manage/roles/new", {"name": "又", "code": "night"}).content.decode()
    cast.staff["agent1"].roles.add(made)
    browser.post(f"/manage/roles/{made.pk}/delete")
    assert "还有 1 人持有" in browser.get(f"/manage/roles/{made.pk}").content.decode()
    cast.staff["agent1"].roles.remove(made)
    browser.post(f"/manage/roles/{made.pk}/delete")
    assert not Role.objects.filter(pk=made.pk).exists()


def test_a_contractors_keeper_of_roles_stays_within_his_own(cast, as_):
    keeper = Staff.objects.create(username="keeper", name="角色员", centre=cast.demo, employer=Employer.CONTRACTOR)
    keeper.roles.add(Role.objects.create(
        centre=cast.demo, code="keeper", name="角色员", permissions=["org.manage_roles", "workorders.close", "workorders.comment"],
    ))
    actor, row = cast.actor("keeper"), role(cast)
    for change in ({*row.permissions, "workorders.dispatch"}, {*row.permissions, "workorders.close"}, set()):
        with pytest.raises(BadRole, match="角色信息有误") as refused:
            save_role(actor, row, change)
        assert "不能增减" in refused.value.fields["permissions"]
    save_role(actor, row, set(row.permissions) - {"workorders.comment"})
    page = as_("keeper").get(f"/manage/roles/{row.pk}").content.decode()
    assert page.count("is-closed") == len(known_permissions()) - 2
    kept = {"name": "话务员", "code": "agent", "permissions": ["workorders.comment"]}
    as_("keeper").post(f"/manage/roles/{row.pk}", kept)
    assert set(role(cast).permissions) == set(row.permissions) | {"workorders.comment"}, "what is grey stays as it was"


def test_roles_of_another_centre_are_not_there(cast, as_):
    theirs = Role.objects.get(centre=cast.other, code="agent")
    assert as_("operator1").get(f"/manage/roles/{theirs.pk}").status_code == 404
    assert as_("operator1").post(f"/manage/roles/{theirs.pk}/delete").status_code == 404
    assert Access.objects.filter(kind="refused", stream="role", stream_id=theirs.pk).count() == 2
    assert as_("operator1").get(f"/manage/roles/new?centre={cast.other.pk}").status_code == 404
