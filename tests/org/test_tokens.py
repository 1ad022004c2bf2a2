"""Bearer tokens and the account commands."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from huying.audit.models import Event
from huying.kernel import clock
from huying.org.models import ApiToken, Staff
from huying.org.operations import authenticate, issue_token, revoke_token
from huying.org.operations.tokens import Disabled, UnknownScope
from huying.org.policies import staff_actor


def run(*words):
    said = io.StringIO()
    call_command(*words, stdout=said)
    return said.getvalue().strip()


def test_only_the_digest_is_kept(cast, django_assert_num_queries):
    raw, row = issue_token(cast.staff["agent1"])
    assert len(bytes(row.digest)) == 32 and raw.encode() not in bytes(row.digest)
    authenticate(raw)
    with django_assert_num_queries(1):
        staff, scopes = authenticate(raw)
        assert (staff.username, staff.centre.code, staff.unit, scopes) == ("agent1", "DEMO", None, frozenset())


def test_its_use_is_noted_once_a_minute(cast):
    raw, row = issue_token(cast.staff["agent1"])
    authenticate(raw)
    row.refresh_from_db()
    first = row.seen_at
    authenticate(raw)
    row.refresh_from_db()
    assert row.seen_at == first
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        authenticate(raw)
    row.refresh_from_db()
    assert row.seen_at > first


@pytest.mark.parametrize("end", [
    lambda row: revoke_token(row),
    lambda row: ApiToken.objects.update(expires_at=clock.now()),
    lambda row: Staff.objects.update(is_active=False),
    lambda row: type(row.staff.centre).objects.update(is_active=False),
])
def test_it_ends(cast, end):
    raw, row = issue_token(cast.staff["agent1"], days=1)
    assert authenticate(raw)
    end(row)
    assert authenticate(raw) is None


@pytest.mark.parametrize("raw", ["", "hy_", "x" * 46, "hy_" + "x" * 43, "hy_" + "x" * 5000, "hy_\0"])
def test_anything_else_opens_nothing(cast, raw):
    issue_token(cast.staff["agent1"])
    assert authenticate(raw) is None


def test_scopes_narrow_and_never_widen(cast):
    raw, _ = issue_token(cast.staff["agent1"], scopes=["workorders.intake", "org.manage_staff"])
    actor = staff_actor(*authenticate(raw)[:1], scopes=authenticate(raw)[1])
    assert actor.may("workorders.intake")
    assert not actor.may("workorders.comment"), "held, but not in the scopes"
    assert not actor.may("org.manage_staff"), "in the scopes, but not held"


def test_refused_scopes_and_accounts(cast):
    with pytest.raises(UnknownScope):
        issue_token(cast.staff["agent1"], scopes=["no.such"])
    cast.staff["agent1"].is_active = False
    with pytest.raises(Disabled):
        issue_token(cast.staff["agent1"])


def test_the_command_prints_the_token_and_nothing_else(cast):
    raw = run("token", "agent1", "--scopes", "workorders.intake, workorders.comment", "--days", "30", "--label", "试点")
    staff, scopes = authenticate(raw)
    assert staff.username == "agent1" and scopes == {"workorders.intake", "workorders.comment"}
    row = ApiToken.objects.get()
    assert row.label == "试点" and timedelta(days=29) < row.expires_at - clock.now() <= timedelta(days=30)
    event = Event.objects.get(kind="token.issue")
    assert event.data["username"] == "agent1" and raw not in str(event.data)
    with pytest.raises(CommandError, match="没有用户"):
        run("token", "nobody")


def test_seen_and_revoked_on_ones_own_page_only(cast, as_):
    raw, row = issue_token(cast.staff["agent1"], label="试点", scopes=["workorders.intake"])
    page = as_("agent1").get("/account").content.decode()
    assert "试点" in page and "受理登记" in page and raw not in page
    assert as_("agent2").post(f"/account/tokens/{row.pk}/revoke").status_code == 404
    assert authenticate(raw)
    as_("agent1").post(f"/account/tokens/{row.pk}/revoke")
    assert authenticate(raw) is None


def test_account_commands(cast):
    password = run("user", "password", "agent1")
    staff = Staff.objects.get(username="agent1")
    assert staff.check_password(password) and staff.must_change_password
    assert "已停用" in run("user", "disable", "agent1") and not Staff.objects.get(username="agent1").is_active
    assert "已启用" in run("user", "enable", "agent1") and Staff.objects.get(username="agent1").is_active
    assert "解除锁定" in run("user", "unlock", "agent1")
    assert "二次验证" in run("user", "reset-second-factor", "agent1")
    kinds = set(Event.objects.filter(stream="centre").values_list("kind", flat=True))
    assert kinds == {f"staff.{kind}" for kind in ("reset_password", "disable", "enable", "unlock", "reset_second_factor")}
