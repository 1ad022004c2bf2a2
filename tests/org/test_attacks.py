"""What is typed into addresses and forms breaks nothing and stays text."""

import pytest

from huying.org.models import Role, Staff, Unit

pytestmark = pytest.mark.req("R252")
NASTY = ["<script>alert(1)</script>", "' OR 1=1 --", "\0", "²", "9" * 40, "../../etc/passwd", "{{ 7*7 }}", "%s%n", "𠮷" * 200]
LISTS = ["/manage/people", "/manage/units", "/manage/roles", "/manage/sessions", "/manage/history", "/manage/calendars", "/regions"]


@pytest.mark.parametrize("path", LISTS)
def test_addresses(cast, as_, path):
    browser = as_("operator1")
    for nasty in NASTY:
        for name in ("q", "centre", "role", "employer", "state", "page", "kind", "month", "parent", "next"):
            answer = browser.get(path, {name: nasty})
            assert answer.status_code == 200, (name, nasty)
            assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("kind", ["people", "units", "roles", "calendars", "centres"])
def test_where_something_new_is_made(cast, as_, kind):
    for nasty in NASTY:
        assert as_("operator1").get(f"/manage/{kind}/new", {"centre": nasty, "parent": nasty}).status_code in {200, 404}
    assert as_("operator1").get(f"/manage/{kind}/{'9' * 30}").status_code == 404


def test_names_are_shown_as_they_are(cast, as_):
    nasty = "<img src=x onerror=alert(1)>"
    Staff.objects.filter(username="agent1").update(name=nasty)
    Unit.objects.filter(code="CG").update(name=nasty)
    Role.objects.filter(code="agent").update(name=nasty)
    browser = as_("operator1")
    agent, unit = cast.staff["agent1"].pk, cast.units["CG-1"].pk
    single = [f"/manage/people/{agent}", f"/manage/people/{agent}/disable", "/manage/people/new", f"/manage/units/{unit}"]
    for path in (*LISTS, *single):
        page = browser.get(path).content.decode()
        assert "<img src=x" not in page, path


@pytest.mark.req("R255")
@pytest.mark.parametrize("nasty", NASTY)
def test_forms(cast, as_, nasty):
    browser = as_("operator1")
    every = dict.fromkeys(("username", "name", "number", "employer", "unit", "roles", "code", "parent", "region", "region_0", "permissions",
                           "level", "number_pattern", "calendar", "mon", "holidays", "workdays", "years", "month", "short_name"), nasty)
    for path in ("people", "units", "roles", "calendars", "centres"):
        assert browser.post(f"/manage/{path}/new", every).status_code in {200, 302}
    assert browser.post("/sign-in", {"username": nasty, "password": nasty, "next": nasty}).status_code in {200, 302}


def test_forms_need_their_token(cast):
    from django.test import Client

    careful = Client(enforce_csrf_checks=True)
    careful.force_login(cast.staff["operator1"], backend="django.contrib.auth.backends.ModelBackend")
    path = f"/manage/people/{cast.staff['agent1'].pk}/disable"
    assert careful.post(path, {"reason": "x"}).status_code == 403
    assert careful.post("/sign-out").status_code == 403
    assert Staff.objects.get(username="agent1").is_active


@pytest.mark.parametrize("path", ["/manage/people/{}/password", "/manage/sessions/{}/end", "/manage/roles/{}/delete", "/sign-out"])
def test_nothing_is_done_by_following_a_link(cast, as_, path):
    assert as_("operator1").get(path.format(1)).status_code == 405
