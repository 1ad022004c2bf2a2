"""The table of agents' states, and the rows kept of it, under random lives and under people pressing at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cast as stage
from calls.room import furnish
from huying.audit.queries import ALL, tenant_scope
from huying.calls.catalog import AgentState as S
from huying.calls.models import PhoneSetting, SeatSession, SeatState
from huying.calls.operations import move_seat, set_state, sign_in_seat
from huying.calls.operations.seats import SeatsFull
from huying.calls.workflow import IN_A_CALL, TRANSITIONS, WAITS_FOR_THE_END, after
from huying.kernel import clock

EVENTS = sorted({event for _, event in TRANSITIONS})
SWITCH = ("rings", "answered", "missed", "refused", "cancelled", "hung_up", "phone_lost")


def reachable(state: S, events) -> set[S]:
    found, edge = {state}, [state]
    while edge:
        here = edge.pop()
        for event in events:
            for before in (S.READY, S.BUSY):
                there = after(here, event, before=before)
                if there is not None and there not in found:
                    found.add(there)
                    edge.append(there)
    return found


@pytest.mark.req("R213")
@pytest.mark.parametrize("state", sorted(S))
def test_no_state_is_a_dead_end(state):
    """From everywhere one gets to every other state by signing in, people's buttons and what the switch reports."""
    everything = {event for event in EVENTS if not event.startswith("force")}
    assert reachable(state, everything) == set(S)


@pytest.mark.parametrize("state", sorted(IN_A_CALL))
def test_the_end_of_a_call_always_leads_out_of_it(state):
    for wanted in ("", "ready", "busy", "sign_out", "force_busy"):
        for before in (S.READY, S.BUSY):
            assert after(state, "hung_up", wanted=wanted, before=before) not in IN_A_CALL | {None}


def test_whoever_was_not_at_the_phone_is_not_ready_even_if_he_asked_for_it():
    assert after(S.RINGING, "missed", wanted="ready") == S.BUSY
    assert after(S.RINGING, "missed", wanted="sign_out") == S.OFFLINE


def test_a_forced_busy_leaves_the_agent_the_work_on_the_call():
    assert after(S.TALKING, "hung_up", wanted="force_busy") == S.WRAP_UP
    for event in ("finish", "wrap_up_over", "ready"):
        assert after(S.WRAP_UP, event, wanted="force_busy") == S.BUSY
    assert after(S.WRAP_UP, "force_ready", wanted="force_busy") == S.READY
    assert after(S.RINGING, "cancelled", wanted="force_busy") == S.BUSY, "no call, no work on it"


steps = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(-2000, 60_000)), max_size=25)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_random_lives_keep_one_open_state_and_lose_no_time(cast, steps):
    """Events in any order, some told late: one open interval, no gap, no overlap, parts equal to the whole."""
    with transaction.atomic():
        save = transaction.savepoint()
        phones = furnish(cast)
        with clock.frozen(clock.now()) as stopped:
            session = sign_in_seat(cast.actor("agent1"), phones["8001"])
            for event, gap in steps:
                at = stopped.at + timedelta(milliseconds=gap)
                stopped.move_to(max(at, stopped.at))
                was = SeatSession.objects.get(pk=session.pk)
                move_seat(session.pk, event, at=at, reason="meal" if event == "busy" else "")
                check(session.pk, was, event, stopped.at)
        transaction.savepoint_rollback(save)


def check(pk: int, was: SeatSession, event: str, now) -> None:
    session = SeatSession.objects.get(pk=pk)
    rows = list(SeatState.objects.filter(session=pk).order_by("begun_at", "id"))
    spans = [(row.ended_at or session.ended_at or now) - row.begun_at for row in rows]
    assert sum(spans, timedelta()) == (session.ended_at or now) - session.started_at
    assert all(one.ended_at == two.begun_at for one, two in pairwise(rows))
    assert all(span >= timedelta() for span in spans)
    assert [row.ended_at is None for row in rows].count(True) == (session.ended_at is None)
    if session.ended_at is None:
        assert (rows[-1].state, rows[-1].reason, rows[-1].begun_at) == (session.state, session.reason, session.state_since)
        if event in WAITS_FOR_THE_END and was.ended_at is None and S(was.state) in IN_A_CALL:
            assert session.state == was.state
            assert session.next_state == event.removeprefix("force_")
        assert (session.reason == "") == (session.state != S.BUSY) or session.state == S.BUSY
        forced_after_work = session.state == S.WRAP_UP and session.next_reason == "forced"
        assert session.next_state == "" or S(session.state) in IN_A_CALL or forced_after_work
        assert session.next_reason == "" or session.next_state == "busy"
    if was.ended_at is not None:
        assert (session.ended_at, session.state) == (was.ended_at, was.state)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """People and the switch at the same moment, on connections of their own."""

    @pytest.fixture
    def scene(self) -> Iterator[tuple]:
        cast = stage.build()
        yield cast, furnish(cast)

    def at_once(self, jobs) -> list:
        def run(job):
            try:
                with tenant_scope(ALL):
                    return job()
            except SeatsFull as refusal:
                return refusal
            finally:
                connection.close()

        with ThreadPoolExecutor(len(jobs)) as pool:
            return list(pool.map(run, jobs))

    def test_two_people_want_the_last_seat(self, scene):
        cast, phones = scene
        PhoneSetting.objects.update(seats=1)
        said = self.at_once([
            lambda: sign_in_seat(cast.actor("agent1"), phones["8001"]),
            lambda: sign_in_seat(cast.actor("agent2"), phones["8002"]),
        ])
        assert sorted(type(one).__name__ for one in said) == ["SeatSession", "SeatsFull"]
        assert SeatSession.objects.filter(ended_at=None).count() == 1

    def test_one_person_signs_in_at_two_phones(self, scene):
        cast, phones = scene
        jobs = [lambda n=n: sign_in_seat(cast.actor("agent1"), phones[n]) for n in ("8001", "8002", "8003")]
        self.at_once(jobs)
        assert SeatSession.objects.filter(ended_at=None).count() == 1
        assert SeatState.objects.filter(ended_at=None).count() == 1

    def test_buttons_and_the_switch(self, scene):
        cast, phones = scene
        agent = cast.actor("agent1")
        session = sign_in_seat(agent, phones["8001"])
        set_state(agent, session, "ready")
        press = lambda: set_state(agent, session, "busy", "meal")  # noqa: E731
        self.at_once([press, press, press, lambda: move_seat(session.pk, "rings"), lambda: move_seat(session.pk, "answered")])
        rows = list(session.states.order_by("begun_at", "id"))
        assert [row.ended_at is None for row in rows].count(True) == 1
        assert [row.state for row in rows].count("busy") <= 2  # signed in; and the three clicks together at most once
        session.refresh_from_db()
        assert session.state == "talking"
        assert session.next_state in {"", "busy"}
