"""In by name and password, locked out after repeated failures, out when idle."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from cast import PASSWORD
from huying.kernel import clock
from huying.org.models import SignIn, Staff
from huying.org.operations import sign_in as steps
from huying.org.queries.sessions import idle_since


@pytest.mark.req("R252")
def test_in_and_out(cast, door):
    answer = door("agent1")
    assert answer.status_code == 302 and answer["Location"] == "/"
    row = SignIn.objects.get(staff=cast.staff["agent1"])
    assert (row.ip, row.browser, row.ended_at) == ("127.0.0.1", "Chrome · Windows", None)
    assert door.is_open()
    assert door.client.post("/sign-out")["Location"] == "/sign-in"
    row.refresh_from_db()
    assert row.ended_at and row.ended_by == "本人"
    assert not door.is_open()


def test_passwords_are_kept_as_argon2(door):
    assert all(hash_.startswith("argon2$argon2id$") for hash_ in Staff.objects.values_list("password", flat=True))


@pytest.mark.parametrize(("username", "password"), [("agent1", "Wrong-horse-1"), ("nobody", PASSWORD), ("agent2", PASSWORD)])
def test_a_wrong_name_a_wrong_password_and_a_closed_account_look_alike(cast, door, username, password):
    Staff.objects.filter(username="agent2").update(is_active=False)
    page = door(username, password).content.decode()
    assert "用户名或密码不正确，或者账号已停用" in page
    assert f'value="{username}"' in page and password not in page
    assert not door.is_open()


def test_nobody_of_a_closed_centre_gets_in(cast, door):
    type(cast.demo).objects.filter(pk=cast.demo.pk).update(is_active=False)
    assert door("agent1").status_code == 200 and not door.is_open()


@pytest.mark.req("R252")
def test_locked_after_repeated_failures_and_told_how_long(cast, door):
    for left in range(settings.AXES_FAILURE_LIMIT - 1, 0, -1):
        page = door("agent1", "wrong").content.decode()
        assert (f"再错 {left} 次将锁定" in page) == (left <= 3)
    locked = door("agent1", "wrong")
    assert locked.status_code == 429 and "请在 14 分 59 秒后再试" in locked.content.decode()
    again = door("agent1")
    assert again.status_code == 429 and 890 <= int(again["Retry-After"]) <= 900
    assert "已暂时锁定" in again.content.decode() and not door.is_open()
    assert door("agent2").status_code == 302, "only the account is locked, not the office"


def test_trying_on_does_not_lengthen_the_lock(cast, door):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        door("agent1", "wrong")
    before = steps.locked_for("agent1")
    door("agent1", "wrong")
    assert steps.locked_for("agent1") <= before


def test_a_manager_unlocks(cast, door, as_):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        door("agent1", "wrong")
    pk = cast.staff["agent1"].pk
    assert "已锁定" in as_("operator1").get(f"/manage/people/{pk}").content.decode()
    as_("operator1").post(f"/manage/people/{pk}/unlock")
    assert door("agent1").status_code == 302


def test_after_signing_in_back_to_the_page_that_was_wanted(cast, door):
    wanted = door.client.get("/manage/people?q=x")
    assert wanted["Location"] == "/sign-in?next=/manage/people%3Fq%3Dx"
    assert "登录后会回到您要打开的页面" in door.client.get(wanted["Location"]).content.decode()
    assert door("operator1", next="/manage/people?q=x")["Location"] == "/manage/people?q=x"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"])
def test_never_away_to_another_site(door, elsewhere):
    assert door("agent1", next=elsewhere)["Location"] == "/"


@pytest.mark.req("R252")
def test_a_session_planted_beforehand_opens_nothing(cast, door):
    planted = door.client.session
    planted["x"] = 1
    planted.save()
    door.client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    door("agent1")
    assert door.client.cookies[settings.SESSION_COOKIE_NAME].value != planted.session_key
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    assert thief.get("/account").status_code == 302


def test_idle_time_slides_with_use_and_ends_the_session(cast, door, monkeypatch):
    door("agent1")
    row = SignIn.objects.get()
    began = Session.objects.get(pk=row.session_key).expire_date
    assert door.is_open()
    row.refresh_from_db()
    seen = row.seen_at
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        door.client.get("/account")
        row.refresh_from_db()
        assert row.seen_at > seen, "noted once a minute"
        noted = row.seen_at
        door.client.get("/account")
        row.refresh_from_db()
        assert row.seen_at == noted, "and not more often"
    assert Session.objects.get(pk=row.session_key).expire_date > began
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))
    assert not door.is_open()
    with clock.frozen(clock.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 120)):
        assert row.seen_at < idle_since()


def test_no_page_of_somebody_signed_in_is_kept_in_a_cache(cast, door):
    door("agent1")
    assert door.client.get("/account")["Cache-Control"] == "no-store"
