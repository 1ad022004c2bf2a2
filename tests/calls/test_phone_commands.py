"""`huying phone add` and `huying trunk show`: the fixed interfaces for telephones and carriers."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from huying.audit.models import Event
from huying.calls.models import CalledNumber, Phone, SkillGroup
from huying.calls.operations.phones import BadExtension, TakenExtension
from huying.calls.queries import plan_and_faults
from huying.org.models import Calendar


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_sip_telephone_is_made_and_its_account_printed(exchange, settings):
    said = dict(line.split(": ") for line in run("phone", "add", "8021", "--user", "agent1", "--sip").splitlines())
    row = Phone.objects.get(extension="8021")
    assert (row.kind, row.owner.username, row.centre.code, row.is_active) == ("sip", "agent1", "DEMO", True)
    assert said == {
        "user": "8021", "password": row.password, "host": "127.0.0.1", "port": str(settings.SWITCH_SIP_PORT), "transport": "udp"
    }
    assert len(row.password) == 24 and row.password.isalnum()
    assert Event.objects.filter(stream="centre", kind="phone.add", data__extension="8021").count() == 1
    assert row.password not in json.dumps(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.django_db
def test_a_second_time_gives_the_same_account_unless_a_new_password_is_wanted(exchange):
    first = json.loads(run("phone", "add", "8001", "--user", "agent1", "--sip", "--json"))
    assert first["password"] == "quite-secret-42"
    assert json.loads(run("phone", "add", "8001", "--user", "agent2", "--sip", "--json")) == first
    fresh = json.loads(run("phone", "add", "8001", "--user", "agent2", "--sip", "--json", "--new-password"))
    assert fresh["password"] != first["password"]


@pytest.mark.django_db
def test_how_a_sip_telephone_is_answered_is_said_with_it_and_stays(exchange):
    def answering(*words: str) -> str:
        run("phone", "add", "8021", "--user", "agent1", *words)
        return next(row["answering"] for row in json.loads(run("phone", "list", "--json")) if row["extension"] == "8021")

    assert answering("--sip") == "hand"
    assert answering("--sip", "--answering", "auto") == "auto"
    plan, _ = plan_and_faults(Path("unused"))
    assert next(phone for phone in plan.phones if phone.extension == "8021").auto_answer
    assert answering("--sip", "--new-password") == "auto"
    assert answering("--sip", "--answering", "remote") == "remote"
    assert Event.objects.filter(kind="phone.edit", data__answering="remote").count() == 1
    with pytest.raises(CommandError, match="话务条上接听"):
        run("phone", "add", "8021", "--user", "agent1", "--answering", "auto")
    with pytest.raises(CommandError, match="answering"):
        run("phone", "add", "8021", "--user", "agent1", "--sip", "--answering", "by-magic")


@pytest.mark.django_db
@pytest.mark.parametrize("extension", ["01", "8", "80a1", "123456789", "8001;x", ""])
def test_an_extension_that_is_none_is_refused(exchange, extension):
    with pytest.raises(BadExtension):
        run("phone", "add", extension, "--user", "agent1")


@pytest.mark.django_db
def test_another_centres_extension_is_not_taken_away(exchange):
    with pytest.raises(TakenExtension):
        run("phone", "add", "8001", "--user", "agent1@OTHER")


@pytest.mark.django_db
def test_trunk_show_says_where_calls_enter_and_which_numbers_there_are(exchange, settings):
    said = json.loads(run("trunk", "show", "--json"))
    assert said["trunks"] == [{
        "name": "carrier", "address": "127.0.0.1", "port": settings.SWITCH_SIP_PORT, "transport": "udp",
        "codecs": ["alaw", "ulaw"], "dtmf": "rfc4733", "from": ["127.0.0.1"], "outgoing": "127.0.0.1:15090", "lines": 60,
    }]
    assert [(row["number"], row["centre"], row["group"]) for row in said["numbers"]] == [("12345", "DEMO", "综合")]
    text = run("trunk", "show")
    assert f"port: {settings.SWITCH_SIP_PORT}" in text and "codecs: alaw,ulaw" in text and "number: 12345  DEMO" in text


@pytest.mark.django_db
def test_trunk_show_says_what_does_not_work(exchange):
    closed = SkillGroup.objects.create(centre=exchange.centre, code="old", name="旧组", is_active=False)
    CalledNumber.objects.create(centre=exchange.centre, number="12319", name="旧热线", group=closed)
    assert "未生效: 被叫号码 12319：默认技能组已停用" in run("trunk", "show")


@pytest.mark.django_db
@pytest.mark.req("R202")
def test_the_demonstration_has_its_telephones(tmp_path, settings):
    from huying.config.demo.city import build
    from huying.config.demo.telephone import wire

    cities = [build("DEMO"), build("OTHER")]
    for _ in range(2):  # the second time changes nothing
        for city in cities:
            wire(city)
    said = json.loads(run("trunk", "show", "--json"))
    assert said["left_out"] == []
    assert {(row["number"], row["centre"]) for row in said["numbers"]} == {
        ("12345", "DEMO"), ("12319", "DEMO"), ("07702812345", "DEMO-GK"), ("07703212345", "DEMO-FC"),
        ("07708512345", "DEMO-SS"), ("07707612345", "DEMO-DX"), ("060012345", "OTHER"),
    }
    assert Phone.objects.filter(centre__code="DEMO", extension__startswith="80").count() == 10
    assert Calendar.objects.exists()
    agent = cities[0].staff["agent1"]
    agent.refresh_from_db()
    assert agent.confidentiality_signed_on and agent.trained_on
    assert {skill.group.code: skill.level for skill in agent.skills.all()} == {"general": 1, "dialect": 1, "emergency": 3}
