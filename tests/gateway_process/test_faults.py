"""Whatever dies in the middle of a call: the call goes on, and afterwards the facts and the agents' states are true."""

import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connections

from gateway_process.conftest import Apart
from huying.audit.queries import ALL, set_scope
from huying.calls.models import Call, Command, Recording, SeatState, SwitchState
from huying.calls.operations import SwitchAway, ask_switch, set_state
from huying.calls.operations.recordings import LET_GO, seal_waiting
from huying.calls.rules.sound import HEAD
from huying.kernel import clock
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


def lives(house):
    """A gateway that has said so since now."""
    begun = clock.now()
    eventually(lambda: SwitchState.objects.filter(connected=True, gateway_seen_at__gt=begun).exists(), seconds=60)


def outside(alias):
    """A session of this login, but not in the tests' database."""
    about = connections[alias].settings_dict
    return psycopg.connect(
        host=about["HOST"], port=about["PORT"], user=about["USER"], password=about["PASSWORD"], dbname="huying", autocommit=True
    )


@pytest.fixture
def talk(house, citizen, agent):
    """agent1 talks with a citizen; the gateway is a process of its own."""
    gateway = Apart(house)
    lives(house)
    alice = agent("1001")
    seat = house.sit("agent1", "1001")
    house.waits("1001", paused=False)
    call = citizen("13800138000").dial("12345")
    ring = alice.ring()
    ring.answer()
    call.say(440)
    ring.say(880)
    house.becomes(seat, "talking")
    return type("Talk", (), {"call": call, "ring": ring, "seat": seat, "alice": alice, "gateway": gateway})


def test_killed_in_mid_call_it_finds_the_end_of_the_call_when_it_is_back(house, talk):
    talk.gateway.kill()
    assert talk.call.hears(880)
    before = clock.now()
    talk.call.hang_up()
    time.sleep(2)
    assert house.state(talk.seat) == "talking"
    back = clock.now()
    Apart(house)
    house.becomes(talk.seat, "wrap_up", 60)
    state = SeatState.objects.get(state="wrap_up")
    assert before <= state.begun_at < back
    call = Call.objects.get()
    assert before <= call.ended_at < back
    house.waits("1001", paused=True)


def test_killed_in_mid_call_and_back_the_call_is_still_the_agents(house, talk):
    talk.gateway.kill()
    gateway = Apart(house)
    lives(house)
    assert house.state(talk.seat) == "talking"
    house.waits("1001", paused=True)
    assert talk.call.hears(880)
    ask_switch(actor=house.cast.actor("agent1"), kind="hangup")
    house.becomes(talk.seat, "wrap_up")
    assert gateway.stop() == 0
    assert not SwitchState.objects.get().connected


def test_a_call_that_came_and_went_while_it_was_dead_is_told_whole(house, talk, citizen):
    talk.gateway.kill()
    talk.call.hang_up()
    talk.ring.wait("ended")
    house.node.cli("queue unpause member PJSIP/1001")
    second = citizen("13800138001").dial("12345")
    ring = talk.alice.ring()
    ring.answer()
    second.say(440)
    assert ring.hears(440)
    second.hang_up()
    ring.wait("ended")
    Apart(house)
    house.becomes(talk.seat, "wrap_up", 60)
    eventually(lambda: Call.objects.filter(ended_at__isnull=False, outcome="answered").count() == 2)
    names = [row.state for row in SeatState.objects.filter(session=talk.seat).order_by("begun_at", "id")]
    assert names == ["busy", "ready", "ringing", "talking", "wrap_up", "ringing", "talking", "wrap_up"]


def test_who_became_ready_while_it_was_dead_is_offered_calls_when_it_is_back(house, talk, citizen):
    talk.gateway.kill()
    talk.call.hang_up()
    talk.ring.wait("ended")
    with pytest.raises(SwitchAway):
        SwitchState.objects.update(gateway_seen_at=clock.now() - timedelta(seconds=9))
        ask_switch(actor=house.cast.actor("agent1"), kind="hangup")
    Apart(house)
    house.becomes(talk.seat, "wrap_up", 60)
    set_state(house.cast.actor("agent1"), talk.seat, "ready")
    house.waits("1001", paused=False)
    citizen("13800138001").dial("12345")
    talk.alice.ring()


def test_a_command_that_a_killed_gateway_had_begun_with_is_not_left_open(house, talk):
    talk.gateway.kill()
    row = Command.objects.create(
        centre=house.cast.demo, staff=house.cast.staff["agent1"], session=talk.seat, kind="hangup", state="running",
        created_at=clock.now(),
    )
    late = Command.objects.create(
        centre=house.cast.demo, staff=house.cast.staff["agent1"], session=talk.seat, kind="hangup",
        created_at=clock.now() - timedelta(seconds=30),
    )
    Apart(house)
    lives(house)
    eventually(lambda: Command.objects.get(pk=late.pk).state == "expired")
    row.refresh_from_db()
    assert (row.state, row.code) == ("failed", "broken_off")
    assert talk.call.hears(880)  # what was asked for long ago is not done now


def test_asterisk_killed_its_calls_are_lost_and_its_agents_come_back(house, talk, citizen):
    house.node.kill()
    eventually(lambda: not SwitchState.objects.get().connected)
    house.node.start()
    lives(house)
    house.becomes(talk.seat, "wrap_up")
    eventually(lambda: Call.objects.get().ended_at)
    call = Call.objects.get()
    assert (call.ended_by, call.cause_text) == ("system", "话务交换系统重启")
    assert call.entered_at < call.ended_at < clock.now()
    set_state(house.cast.actor("agent1"), talk.seat, "ready")
    talk.alice.register()
    house.waits("1001", paused=False)
    second = citizen("13800138001").dial("12345")
    ring = talk.alice.ring()
    ring.answer()
    second.say(440)
    assert ring.hears(440)
    house.becomes(talk.seat, "talking")


def test_a_node_that_restarts_ends_its_own_calls_and_leaves_those_of_the_other(house, talk, second, citizen, agent):
    Apart(house, second)
    eventually(lambda: SwitchState.objects.filter(connected=True).count() == 2, seconds=60)
    bob = agent("1002", at=second)
    seat = house.sit("agent2", "1002")
    eventually(lambda: "paused" not in second.cli(f"queue show {house.group.queue}").partition("PJSIP/1002")[2].partition("\n")[0])
    other = citizen("13800138002", at=second).dial("12345")
    ring = bob.ring()
    ring.answer()
    ring.say(1600)
    house.becomes(seat, "talking")
    assert sorted(Call.objects.values_list("node", flat=True)) == ["hy", "hyb"]
    house.node.kill()
    eventually(lambda: not SwitchState.objects.get(node="hy").connected)
    house.node.start()
    eventually(lambda: Call.objects.get(node="hy").ended_at, seconds=60)
    house.becomes(talk.seat, "wrap_up")
    assert Call.objects.get(node="hy").outcome == "lost"
    here = Call.objects.get(node="hyb")
    assert here.ended_at is None and house.state(seat) == "talking" and other.hears(1600)
    other.hang_up()
    house.becomes(seat, "wrap_up")
    eventually(lambda: Call.objects.get(node="hyb").ended_at)
    here.refresh_from_db()
    assert (here.outcome, here.ended_by) == ("answered", "caller")


def test_asterisk_killed_what_it_had_recorded_is_sealed_or_missing_with_its_reason(house, talk, settings):
    settings.DATA = house.data
    eventually(lambda: list((house.node.folder / "spool/recordings").glob("*.wav")))
    house.node.kill()
    eventually(lambda: not SwitchState.objects.get().connected)
    house.node.start()
    eventually(lambda: Call.objects.get().ended_at, seconds=60)
    (tape,) = Recording.objects.all()
    left = (house.node.folder / "spool/recordings" / tape.name).stat().st_size
    Call.objects.update(ended_at=clock.now() - LET_GO)
    seal_waiting()
    tape.refresh_from_db()
    assert (tape.state, tape.why) == (("sealed", "") if left > HEAD else ("missing", "empty"))
    assert not Recording.objects.filter(state="waiting").exists()


def test_with_the_database_away_the_call_goes_on_and_the_facts_are_whole_afterwards(house, talk, citizen):
    name = connections["default"].settings_dict["NAME"]
    connections.close_all()
    with outside("owner") as owner, outside("default") as application:
        owner.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            application.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            assert talk.call.hears(880)
            before = clock.now()
            talk.call.hang_up()
            time.sleep(3)
        finally:
            back = clock.now()
            owner.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    set_scope(ALL)
    house.becomes(talk.seat, "wrap_up")
    assert talk.gateway.process.poll() is None
    state = SeatState.objects.get(state="wrap_up")
    assert before <= state.begun_at < back
    assert before <= Call.objects.get().ended_at < back
