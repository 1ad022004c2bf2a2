"""The code on the phone: demanded, enrolled, asked for, never twice the same."""

import time
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, connections

from huying.org.models import Authenticator, SignIn, Staff
from huying.org.models.authenticator import STEP_SECONDS
from huying.org.operations import sign_in as steps

sealing = import_module("huying.org.migrations.0004_seal_authenticator_keys")
pytestmark = pytest.mark.req("R252")


def code_of(device, step=0):
    totp = device.totp()
    totp.time = time.time() + step * STEP_SECONDS
    return f"{totp.token():06d}"


def enrolled(staff):
    return Authenticator.objects.create(user=staff, name="x", confirmed=True)


def test_enrolled_at_the_first_sign_in_that_demands_it(cast, door):
    staff = cast.staff["director1"]
    Staff.objects.filter(pk=staff.pk).update(needs_second_factor=True)
    assert door("director1", next="/manage/people")["Location"] == "/sign-in/second-factor"
    assert not door.is_open() and not SignIn.objects.exists()
    page = door.client.get("/sign-in/second-factor").content.decode()
    device = Authenticator.objects.get(user=staff, confirmed=False)
    assert 'src="data:image/svg+xml' in page and "手机丢失" in page
    wrong = door.client.post("/sign-in/second-factor", {"code": "000000"}).content.decode()
    assert "验证码不正确" in wrong and not door.is_open()
    Authenticator.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    answer = door.client.post("/sign-in/second-factor", {"code": code_of(device)})
    assert answer["Location"] == "/manage/people" and door.is_open()
    assert Authenticator.objects.get(user=staff).confirmed


def test_asked_for_at_every_sign_in_and_no_code_twice(cast, door):
    device = enrolled(cast.staff["agent1"])
    assert door("agent1")["Location"] == "/sign-in/code"
    assert not door.is_open()
    code = code_of(device)
    assert door.client.post("/sign-in/code", {"code": f"{code[:3]} {code[3:]}"})["Location"] == "/"
    assert door.is_open()
    door.client.post("/sign-out")
    door("agent1")
    assert "不正确或已用过" in door.client.post("/sign-in/code", {"code": code}).content.decode()
    assert not door.is_open()


def test_guessing_codes_is_slowed_down(cast, door):
    enrolled(cast.staff["agent1"])
    door("agent1")
    for guess in ("000001", "000002"):
        door.client.post("/sign-in/code", {"code": guess})
    assert "秒后再输入" in door.client.post("/sign-in/code", {"code": "000003"}).content.decode()


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567"])
def test_what_is_no_code_is_told_so(cast, door, typed):
    enrolled(cast.staff["agent1"])
    door("agent1")
    page = door.client.post("/sign-in/code", {"code": typed}).content.decode()
    assert "6 位数字" in page or "请填写" in page


def test_between_password_and_code_nothing_is_open_and_not_for_long(cast, door, monkeypatch):
    enrolled(cast.staff["agent1"])
    key = door("agent1").client.session.session_key
    assert door.client.get("/desk/").status_code == 302
    monkeypatch.setattr(steps, "PENDING_SECONDS", -1)
    assert door.client.get("/sign-in/code")["Location"] == "/sign-in"
    assert key


def test_a_changed_password_ends_what_was_begun(cast, door):
    enrolled(cast.staff["agent1"])
    door("agent1")
    cast.staff["agent1"].set_password("Another-horse-43")
    cast.staff["agent1"].save()
    assert door.client.get("/sign-in/code")["Location"] == "/sign-in"


def test_demanded_of_somebody_who_is_in(cast, door):
    door("agent1")
    Staff.objects.filter(username="agent1").update(needs_second_factor=True)
    assert door.client.get("/account")["Location"] == "/sign-in/code"
    assert door.client.get("/sign-in/code")["Location"] == "/sign-in/second-factor"
    door.client.get("/sign-in/second-factor")
    device = Authenticator.objects.get(user=cast.staff["agent1"])
    door.client.post("/sign-in/second-factor", {"code": code_of(device)})
    assert door.is_open()


def test_a_lost_phone_is_reset_by_a_manager_only(cast, door, as_):
    enrolled(cast.staff["agent1"])
    pk = cast.staff["agent1"].pk
    assert as_("leader1").post(f"/manage/people/{pk}/second-factor").status_code == 404
    as_("operator1").post(f"/manage/people/{pk}/second-factor")
    assert door("agent1")["Location"] == "/" and door.is_open()


def test_an_enrolled_phone_cannot_be_swapped_from_a_stolen_session(cast, door):
    device = enrolled(cast.staff["agent1"])
    door("agent1")
    assert door.client.get("/sign-in/second-factor")["Location"] == "/sign-in"
    door.client.post("/sign-in/code", {"code": code_of(device)})
    assert door.client.get("/sign-in/second-factor")["Location"] == "/account"
    assert Authenticator.objects.get(user=cast.staff["agent1"]) == device


def test_the_key_cannot_be_read_in_the_database(cast):
    device = enrolled(cast.staff["agent1"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM org_authenticator")
        kept = bytes(cursor.fetchone()[0])
    assert device.key.encode() not in kept and bytes.fromhex(device.key) not in kept
    assert Authenticator.objects.get().key == device.key


@pytest.mark.django_db(transaction=True, databases=["default", "numbers", "owner"])
def test_keys_kept_readable_by_an_older_release_are_sealed(cast):
    """The table as django_otp made it, with one phone in it."""
    owner = connections["owner"]
    staff, key = cast.staff["agent1"], "3132333435363738393031323334353637383930"
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE otp_totp_totpdevice (id serial, name text, confirmed bool, key text, drift int,"
                       " last_t bigint, user_id bigint)")
        cursor.execute("INSERT INTO otp_totp_totpdevice (name, confirmed, key, drift, last_t, user_id)"
                       " VALUES ('手机验证器', true, %s, 1, 55, %s)", [key, staff.pk])
    sealing.seal_keys(apps, SimpleNamespace(connection=owner))
    device = Authenticator.objects.get(user=staff)
    assert (device.key, device.drift, device.last_t, device.confirmed) == (key, 1, 55, True)
    with owner.cursor() as cursor:
        assert "otp_totp_totpdevice" not in owner.introspection.table_names(cursor)
