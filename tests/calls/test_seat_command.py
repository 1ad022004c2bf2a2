"""`huying seat …` and what other systems are told of seats and queues."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from calls.room import furnish
from huying.calls.models import Call, Phone, SeatSession, SkillGroup
from huying.calls.operations import set_state, sign_in_seat
from huying.kernel import clock
from huying.org.operations import issue_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def phones(cast):
    found = furnish(cast)
    Phone.objects.filter(extension="8001").update(owner=cast.staff["agent1"])
    return found


@pytest.fixture
def seat(capsys):
    def run(*words: str) -> str:
        call_command("seat", *words)
        return capsys.readouterr().out.strip()

    return run


@pytest.mark.req("R209")
def test_in_ready_busy_and_out(phones, seat):
    assert seat("sign-in", "agent1").startswith("ready 空闲 分机 8001")
    assert seat("state", "agent1", "busy", "--reason", "meal").startswith("busy 置忙 （用餐） 分机 8001")
    assert seat("state", "agent1").startswith("busy")
    assert '"state": "busy"' in seat("state", "agent1", "--json")
    assert seat("sign-out", "agent1") == "offline 未签入"
    assert seat("state", "agent1") == "offline 未签入"
    assert seat("sign-out", "agent1") == "offline 未签入"


def test_at_another_phone(phones, seat):
    seat("sign-in", "agent1")
    assert "分机 8003" in seat("sign-in", "agent1", "--phone", "8003")
    assert SeatSession.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(("words", "said"), [
    (["sign-in", "nobody"], "没有用户 nobody"), (["sign-in", "agent2"], "没有为您配置固定话机"),
    (["sign-in", "agent1", "--phone", "9999"], "没有分机 9999"), (["state", "agent1", "ready"], "没有签入坐席"),
    (["sign-in", "quality1", "--phone", "8002"], "没有接听电话的权限"),
])
def test_refusals_say_why(phones, seat, words, said):
    with pytest.raises(CommandError, match=said):
        seat(*words)


def ask(cast, username, path):
    token, _ = issue_token(cast.staff[username])
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})


def test_other_systems_see_seats_and_queues_of_their_centre(cast, phones):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    set_state(cast.actor("agent1"), session, "busy", "meal")
    now, group = clock.now(), SkillGroup.objects.get()
    for number, answer in enumerate((14, 19, 25, None)):
        begun = now - timedelta(seconds=60 + number)
        Call.objects.create(
            centre=cast.demo, linkedid=f"1.{number}", group=group, entered_at=begun, human_at=begun, queued_at=begun,
            answered_at=begun + timedelta(seconds=answer) if answer else None, ended_at=now if answer else None,
        )
    told = ask(cast, "leader1", "seats").json()
    assert told["counts"] == {"ready": 0, "busy": 1, "ringing": 0, "talking": 0, "wrap_up": 0}
    assert [(row["extension"], row["state"], row["reason"]) for row in told["items"]] == [("8001", "busy", "meal")]
    row = ask(cast, "leader1", "queues").json()["items"][0]
    assert (row["waiting"], row["asked"], row["answered"], row["within_15s"], row["within_20s"]) == (1, 4, 3, 1, 2)
    assert 62 <= row["longest_wait_s"] < 75
    assert row["seats"]["busy"] == 1
    assert ask(cast, "agent1", "seats").status_code == 403
    assert ask(cast, "director1@OTHER", "seats").json()["items"] == []
    assert ask(cast, "director1@OTHER", "queues").json()["items"] == []
