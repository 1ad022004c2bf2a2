"""`huying centre`: an installation without the demonstration gets its first centre and its first account."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from huying.audit.models import Event
from huying.audit.queries import ALL, set_scope
from huying.org.models import Centre, Region, Role, Staff

pytestmark = pytest.mark.django_db
NAME = "某市12345热线中心"


@pytest.fixture(autouse=True)
def region(db):
    set_scope(ALL)
    return Region.objects.create(code="450600", name="防城港市", level=1, full_name="防城港市")


def open_centre(code="CITY", *options):
    out = io.StringIO()
    call_command("centre", code, "--name", NAME, "--region", "450600", *options, stdout=out)
    return out.getvalue()


@pytest.mark.req("R030")
def test_from_nothing_to_the_first_person_signed_in(client):
    assert client.get("/")["Location"] == "/sign-in"  # no centre yet, and no dead end
    said = open_centre("CITY", "--operator", "keeper", "--operator-name", "吴子昂")
    centre, staff = Centre.objects.get(code="CITY"), Staff.objects.get(username="keeper")
    assert centre.parent is None and Role.objects.filter(centre=centre).count() > 10
    assert [event.kind for event in Event.objects.filter(stream="centre", stream_id=centre.pk)] == ["centre.create", "staff.create"]
    password = re.search(r"口令 (\S+)（", said)[1]
    assert staff.check_password(password) and staff.must_change_password
    answer = client.post("/sign-in", {"username": "keeper", "password": password})
    assert answer.status_code == 302
    assert client.get("/manage/people")["Location"].startswith("/account/password")  # nothing else before that


def test_one_below_another(client):
    open_centre()
    out = io.StringIO()
    call_command("centre", "COUNTY", "--name", "某县分中心", "--region", "450600", "--level", "county", "--under", "CITY", stdout=out)
    assert Centre.objects.get(code="COUNTY").parent.code == "CITY" and not Staff.objects.exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["CITY", "--name", NAME, "--region", "450600"], "编码已被使用"), (["B", "--name", NAME, "--region", "999999"], "没有区划 999999"),
        (["B", "--name", NAME, "--region", "450600", "--under", "NO"], "没有编码为“NO”"),
        (["B", "--name", NAME, "--region", "450600", "--under", "CITY"], "应低于上级中心"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_left(options, says):
    open_centre()
    with pytest.raises(CommandError, match=says):
        call_command("centre", *options, "--operator", "keeper")
    assert Centre.objects.count() == 1 and not Staff.objects.exists()
