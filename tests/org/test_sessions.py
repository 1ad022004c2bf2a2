"""One place to see and end sessions; who is ended or closed is out at the next request."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from huying.audit.models import Access, Event
from huying.kernel import clock
from huying.org.models import SignIn, Staff
from huying.org.operations import disable_staff, issue_token
from huying.org.operations.tokens import authenticate
from huying.org.tasks import forget_sessions

pytestmark = pytest.mark.req("R252")


def signed_in(door, cast, name):
    door.client = Client()
    assert door(name).status_code == 302
    return door.client, SignIn.objects.filter(staff=cast.staff[name]).latest("id")


def test_own_sessions_are_listed_and_one_can_be_ended(cast, door):
    phone, row = signed_in(door, cast, "agent1")
    desk, _ = signed_in(door, cast, "agent1")
    page = desk.get("/account").content.decode()
    assert page.count("退出该设备") == 1 and "当前设备" in page
    desk.post(f"/account/sessions/{row.pk}/end")
    assert phone.get("/account").status_code == 302
    assert desk.get("/account").status_code == 200


def test_nobody_ends_another_ones_session_as_his_own(cast, door):
    _, row = signed_in(door, cast, "agent2")
    mine, _ = signed_in(door, cast, "agent1")
    assert mine.post(f"/account/sessions/{row.pk}/end").status_code == 404
    row.refresh_from_db()
    assert row.ended_at is None
    assert Access.objects.filter(kind="refused", actor_id=cast.staff["agent1"].pk, stream="sign_in").exists()


def test_ended_by_a_shift_leader_and_told_at_the_door(cast, door, as_):
    victim, row = signed_in(door, cast, "agent1")
    leader = as_("leader1")
    assert "agent1" in leader.get("/manage/sessions").content.decode()
    leader.post(f"/manage/sessions/{row.pk}/end")
    assert victim.get("/account").status_code == 302
    assert "您的登录已结束（值班长甲）" in victim.get("/sign-in").content.decode()
    event = Event.objects.get(stream="centre", kind="session.end")
    assert event.data["username"] == "agent1" and event.actor_id == cast.staff["leader1"].pk


@pytest.mark.req("R207")
def test_sessions_of_another_centre_are_not_there(cast, door, as_):
    _, row = signed_in(door, cast, "agent1")
    outsider = as_("director1@OTHER")
    assert "（agent1）" not in outsider.get("/manage/sessions").content.decode()
    assert outsider.post(f"/manage/sessions/{row.pk}/end").status_code == 404


@pytest.mark.req("R164")
def test_a_disabled_account_is_out_at_once(cast, door):
    browser, row = signed_in(door, cast, "agent1")
    raw, _ = issue_token(cast.staff["agent1"])
    assert authenticate(raw)
    disable_staff(cast.actor("director1"), cast.staff["agent1"], reason="离岗")
    assert authenticate(raw) is None
    assert browser.get("/account").status_code == 302
    row.refresh_from_db()
    assert row.ended_by == "热线主任甲停用账号"


def test_disabled_behind_our_back_is_out_as_well(cast, door):
    browser, _ = signed_in(door, cast, "agent1")
    Staff.objects.filter(username="agent1").update(is_active=False)
    assert browser.get("/account").status_code == 302


def test_a_changed_role_counts_at_the_next_request(cast, as_):
    browser = as_("agent1")
    assert browser.get("/desk/today/").status_code == 200
    cast.staff["agent1"].roles.clear()
    assert browser.get("/desk/today/").status_code == 404


def test_expired_sessions_are_cleared_away_and_the_record_stays(cast, door):
    signed_in(door, cast, "agent1")
    _, kept = signed_in(door, cast, "agent2")
    Session.objects.exclude(pk=kept.session_key).update(expire_date=clock.now() - timedelta(seconds=1))
    forget_sessions(timestamp=0)
    assert list(Session.objects.values_list("pk", flat=True)) == [kept.session_key]
    assert SignIn.objects.count() == 2
