"""Passwords: changed by the person, by the rules; a first or reset one must be changed before anything else."""

import re

import pytest
from django.test import Client

from cast import PASSWORD
from huying.audit.models import Event
from huying.org.models import SignIn, Staff
from huying.org.operations.passwords import random_password

NEW = "Blue-Kettle-77"


def change(client, new=NEW, old=PASSWORD, again=None):
    return client.post("/account/password", {"old": old, "new": new, "again": new if again is None else again})


def test_changed_and_everywhere_else_out(cast, door):
    door("agent1")
    other, door.client = door.client, Client()
    door("agent1")
    assert change(door.client)["Location"] == "/account"
    assert door.is_open(), "this session goes on"
    assert other.get("/account").status_code == 302
    assert SignIn.objects.filter(ended_by="本人修改密码").count() == 1
    assert SignIn.objects.get(ended_at=None).session_key == door.client.session.session_key
    door.client.post("/sign-out")
    assert not SignIn.objects.filter(ended_at=None).exists()
    assert door("agent1").status_code == 200 and door("agent1", NEW).status_code == 302


@pytest.mark.req("R252")
@pytest.mark.parametrize(("new", "why"), [
    ("Ab1-xyz", "10"), ("password123", "常见"), ("Agent1-Ag1", "用户名"), ("alllowercaseletters", "三类"),
    ("73028461950", "三类"), (PASSWORD, "不能与原密码相同"),
])
def test_rules(cast, door, new, why):
    door("agent1")
    page = change(door.client, new).content.decode()
    assert why in page and 'id="id_new_error"' in page
    assert Staff.objects.get(username="agent1").check_password(PASSWORD)


def test_mistakes_stand_beside_their_field(cast, door):
    door("agent1")
    page = change(door.client, old="wrong").content.decode()
    assert "原密码不正确" in page.partition('id="id_old_error"')[2][:60]
    page = change(door.client, again="different").content.decode()
    assert "不一致" in page.partition('id="id_again_error"')[2][:60]


def test_a_reset_password_must_be_changed_first(cast, door, as_):
    pk = cast.staff["agent1"].pk
    manager = as_("operator1")
    page = manager.post(f"/manage/people/{pk}/password")
    password = re.search(r"<code>(.+?)</code>", page.content.decode())[1]
    assert page["Cache-Control"] == "no-store"
    assert password not in manager.get(f"/manage/people/{pk}").content.decode()
    assert not any(password in str(event.data) for event in Event.objects.all())
    assert door("agent1").status_code == 200, "the old one is gone"
    assert door("agent1", password).status_code == 302
    assert door.client.get("/desk/today/")["Location"] == "/account/password"
    partial = door.client.get("/desk/today/", headers={"HX-Request": "true"})
    assert partial["HX-Redirect"] == "/account/password"
    assert "初始密码" in door.client.get("/account/password").content.decode()
    assert change(door.client, old=password)["Location"] == "/"
    assert door.client.get("/desk/today/").status_code == 200


def test_random_passwords_pass_the_rules_and_are_readable():
    from django.contrib.auth.password_validation import validate_password

    made = {random_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        validate_password(password)
        assert not set(password) & set("0O1lI") and len(password) == 14
