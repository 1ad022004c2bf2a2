"""The pool of call-backs: one open entry per number, filled and emptied by the facts (R042, R223)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.exchange import CALLER, hash_of
from huying.calls.catalog import AgentState, Outcome
from huying.calls.events import CallEnded
from huying.calls.models import Call, CallBack, Command, Recording, SeatSession
from huying.calls.operations import call_back as operations
from huying.calls.operations.call_back import AlreadyTaken, NoteMissing, call_backs_due, tidy_pool
from huying.calls.operations.commands import SwitchAway
from huying.calls.policies import calls_seen_by
from huying.calls.queries.seats import wanted_members
from huying.calls.rules.call_back import EVENING, MORNING, Place, Seat, due, next_try
from huying.kernel import bus, clock
from huying.kernel.clock import SHANGHAI

MINUTE = timedelta(minutes=1)


def end(call: Call) -> None:
    bus.publish(CallEnded(call.pk, call.centre_id, str(call.outcome), call.was_listed))


def missed(exchange, minutes: float = 5, **more) -> Call:
    call = exchange.call(ago=minutes * MINUTE, **more)
    end(call)
    return call


@pytest.mark.django_db
@pytest.mark.req("R223")
def test_missed_calls_of_one_number_are_one_entry(exchange):
    first = missed(exchange, 30)
    missed(exchange, 20, outcome=Outcome.NO_ANSWER)
    again = missed(exchange, 10)
    end(again)  # heard of twice
    missed(exchange, 8, number="+8613907701234")
    other = missed(exchange, 9, number="13907709999")
    rows = {bytes(row.number_hash): row for row in CallBack.objects.all()}
    assert len(rows) == 2
    row = rows[hash_of(CALLER)]
    assert (row.times, row.kind, row.state, row.call, row.place_at) == (4, "missed", "waiting", first, first.queued_at)
    assert rows[hash_of("13907709999")].call == other


@pytest.mark.django_db
@pytest.mark.req("R223")
@pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.SELF_SERVICE, Outcome.BLOCKED, Outcome.ABANDONED_MENU, Outcome.PASSED_ON])
def test_who_was_served_or_wanted_nobody_is_not_called(exchange, outcome):
    missed(exchange, outcome=outcome)
    missed(exchange, number="", number_hash=b"")
    missed(exchange, is_test=True)
    missed(exchange, direction="internal")
    assert not CallBack.objects.exists()


@pytest.mark.django_db
def test_what_a_test_asks_for_by_key_is_wanted(exchange):
    missed(exchange, outcome=Outcome.CALL_BACK, is_test=True)
    assert CallBack.objects.get().kind == "requested"


@pytest.mark.django_db
@pytest.mark.req("R223")
def test_who_calls_again_and_is_served_need_not_be_called(exchange):
    missed(exchange, 30)
    end(exchange.call(agent="agent1", ago=5 * MINUTE))
    assert CallBack.objects.get().state == "not_needed"
    missed(exchange, 1)
    assert [row.state for row in CallBack.objects.order_by("id")] == ["not_needed", "waiting"]


@pytest.mark.django_db
def test_what_is_heard_late_and_out_of_order_comes_out_the_same(exchange):
    lost, served = exchange.call(ago=30 * MINUTE), exchange.call(agent="agent1", ago=5 * MINUTE)
    end(served)
    end(lost)
    end(lost)
    assert [row.state for row in CallBack.objects.all()] == ["not_needed"]


@pytest.mark.django_db
@pytest.mark.req("R042")
def test_a_message_left_is_an_entry_with_its_recording(exchange):
    missed(exchange, 20)
    call = exchange.call(ago=5 * MINUTE, outcome=Outcome.VOICEMAIL, milestones=[{"kind": "voicemail", "name": "mail.wav", "at": ""}])
    tape = Recording.objects.create(centre=exchange.centre, call=call, name="voicemail/mail.wav", duration_ms=12_000)
    Recording.objects.create(centre=exchange.centre, call=call, name="other.wav")
    end(call)
    row = CallBack.objects.get()
    assert (row.kind, row.voicemail, row.times) == ("voicemail", tape, 2)


@pytest.mark.django_db
@pytest.mark.req("R223")
def test_calls_out_are_tries_at_different_times_and_the_third_is_the_last(exchange):
    with clock.frozen(datetime(2026, 11, 25, 1, 0, tzinfo=UTC)) as now:  # nine in Shanghai
        missed(exchange, 30)
        row, hours = CallBack.objects.get(), []
        for _ in range(3):
            end(exchange.call(ago=timedelta(), direction="out", outcome=Outcome.NO_ANSWER, agent_id=exchange.cast.staff["agent1"].pk))
            row.refresh_from_db()
            hours.append(clock.now().astimezone(SHANGHAI).hour)
            if row.next_at:
                assert row.state == "waiting" and row.next_at - clock.now() >= timedelta(hours=2)
                now.move_to(row.next_at)
        assert (row.state, row.attempts, len(set(hours))) == ("unreached", 3, 3)
        end(exchange.call(ago=-MINUTE, direction="out", agent="agent2"))  # somebody reached him after all
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("done", 4)
    assert row.result_call.agent == exchange.cast.staff["agent2"]


@given(st.lists(st.integers(0, 60 * 24 * 3), max_size=3), st.integers(0, 60 * 24))
def test_another_try_is_by_day_later_and_at_another_hour(minutes, passed):
    begin = datetime(2026, 11, 25, tzinfo=SHANGHAI)
    tries = sorted(begin + timedelta(minutes=at) for at in minutes)
    now = max([begin, *tries]) + timedelta(minutes=passed)
    at = next_try(tries, now)
    if len(tries) >= 3:
        assert at is None
        return
    local = at.astimezone(SHANGHAI)
    assert at >= now + timedelta(hours=2) and MORNING <= local.time() < EVENING
    assert local.hour not in {each.hour for each in tries}


@pytest.mark.django_db
def test_a_click_dials_and_an_absent_switch_leaves_the_entry_as_it_was(exchange):
    missed(exchange)
    row = CallBack.objects.get()
    exchange.sit("agent1")
    with pytest.raises(SwitchAway):
        operations.call_back(actor=exchange.cast.actor("agent1"), row=row)
    row.refresh_from_db()
    assert (row.state, row.taken_by, row.tries, row.attempts) == ("waiting", None, [], 0)


@pytest.mark.django_db
def test_a_click_takes_the_entry_for_oneself(exchange, monkeypatch):
    asked = []
    monkeypatch.setattr(operations, "ask_switch", lambda **said: asked.append(said))
    missed(exchange)
    row = CallBack.objects.get()
    operations.call_back(actor=exchange.cast.actor("agent1"), row=row)
    assert [(said["kind"], said["about"], said["secret"]) for said in asked] == [("dial", {"to": "number"}, CALLER)]
    with pytest.raises(AlreadyTaken):
        operations.call_back(actor=exchange.cast.actor("agent2"), row=row)
    end(exchange.call(ago=-MINUTE, direction="out", agent="agent1"))
    row.refresh_from_db()
    assert (row.state, row.attempts, row.tries[0]["result"], row.taken_by) == ("done", 1, "answered", exchange.cast.staff["agent1"])


@pytest.mark.django_db
def test_a_call_back_that_never_came_about_is_taken_up_again(exchange):
    with clock.frozen(clock.now()) as now:
        missed(exchange)
        row = operations.begin(CallBack.objects.get().pk, exchange.cast.staff["agent1"])
        now.tick(9 * MINUTE)
        assert tidy_pool() == 0
        now.tick(2 * MINUTE)
        going = exchange.call(ago=timedelta(), direction="out", ended_at=None, outcome=Outcome.GOING_ON)
        assert tidy_pool() == 0  # a long talk
        going.delete()
        assert tidy_pool() == 1
    row.refresh_from_db()
    assert (row.state, row.tries) == ("waiting", [])


@pytest.mark.django_db
def test_dealt_with_otherwise_is_said_in_words(exchange):
    missed(exchange)
    row, actor = CallBack.objects.get(), exchange.cast.actor("agent1")
    with pytest.raises(NoteMissing):
        operations.finish(actor=actor, row=row, note="好")
    operations.finish(actor=actor, row=row, note="已由工单回复")
    row.refresh_from_db()
    assert (row.state, row.note) == ("done", "已由工单回复")
    with pytest.raises(AlreadyTaken):
        operations.finish(actor=actor, row=row, note="已由工单回复")


def ready(exchange, username: str, extension: str, since: timedelta = MINUTE) -> SeatSession:
    session = exchange.sit(username, extension)
    session.groups = {str(exchange.groups["general"].pk): 1}
    session.state_since = clock.now() - since
    session.save()
    return session


def requested(exchange, minutes: float, number: str = CALLER) -> CallBack:
    missed(exchange, minutes, number=number, outcome=Outcome.CALL_BACK)
    return CallBack.objects.get(number_hash=hash_of(number))


@pytest.mark.django_db
@pytest.mark.req("R042")
def test_a_place_kept_has_its_turn_in_the_order_of_the_queue(exchange):
    first, second = requested(exchange, 20), requested(exchange, 10, "13907709999")
    assert call_backs_due() == []  # nobody is ready
    session = ready(exchange, "agent1", "8001")
    waiting = exchange.call(number="13907701111", ago=15 * MINUTE, ended_at=None, outcome=Outcome.GOING_ON)
    (command,) = call_backs_due()
    assert (command.kind, command.secret, command.session, command.about["call_back"]) == ("dial", CALLER, session, first.pk)
    assert call_backs_due() == []  # the seat is taken
    other = ready(exchange, "agent2", "8002")
    assert call_backs_due() == []  # the caller who waits came before the second place
    Call.objects.filter(pk=waiting.pk).update(answered_at=clock.now())
    assert [found.session for found in call_backs_due(exchange.centre.pk)] == [other]
    second.refresh_from_db()
    assert (second.state, second.taken_by_id) == ("dialling", other.staff_id)


@pytest.mark.django_db
def test_a_place_whose_call_could_not_begin_waits_half_a_minute(exchange):
    with clock.frozen(clock.now()) as now:
        row = requested(exchange, 20)
        ready(exchange, "agent1", "8001")
        (command,) = call_backs_due()
        Command.objects.filter(pk=command.pk).update(state="failed", said="话机不在线")
        assert call_backs_due() == []
        row.refresh_from_db()
        assert (row.state, row.attempts, row.next_at) == ("waiting", 0, clock.now() + timedelta(seconds=30))
        now.tick(timedelta(seconds=31))
        assert len(call_backs_due()) == 1


@pytest.mark.django_db
def test_busy_people_and_other_groups_are_not_asked(exchange):
    requested(exchange, 20)
    session = ready(exchange, "agent1", "8001")
    SeatSession.objects.filter(pk=session.pk).update(state=AgentState.BUSY)
    elsewhere = ready(exchange, "agent2", "8002")
    SeatSession.objects.filter(pk=elsewhere.pk).update(groups={str(exchange.groups["enterprise"].pk): 1})
    assert call_backs_due() == []


NOW = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
PLACES = st.lists(st.builds(Place, pk=st.integers(1, 50), group=st.integers(1, 2), place_at=st.integers(0, 60).map(
    lambda ago: NOW - ago * MINUTE)), max_size=6, unique_by=lambda place: place.pk)
SEATS = st.lists(st.builds(Seat, pk=st.integers(1, 50), levels=st.dictionaries(st.integers(1, 2), st.integers(1, 9), min_size=1),
                           since=st.just(NOW)), max_size=6, unique_by=lambda seat: seat.pk)
WAITING = st.dictionaries(st.integers(1, 2), st.lists(st.integers(0, 60).map(lambda ago: NOW - ago * MINUTE), max_size=4))


@given(PLACES, WAITING, SEATS)
def test_nobody_is_asked_twice_nobody_jumps_the_queue(places, waiting, seats):
    found = due(places, waiting, seats, NOW)
    assert len({place for place, _ in found}) == len({seat for _, seat in found}) == len(found)
    by_pk, skilled = {place.pk: place for place in places}, {seat.pk: seat for seat in seats}
    for place, seat in found:
        assert by_pk[place].group in skilled[seat].levels
        ahead = sum(at <= by_pk[place].place_at for at in waiting.get(by_pk[place].group, []))
        assert sum(by_pk[place].group in each.levels for each in seats) > ahead


@pytest.mark.django_db
def test_the_page_shows_what_is_open_masked_and_offers_the_call(exchange, client):
    call = missed(exchange)
    client.force_login(exchange.cast.staff["agent1"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/calls/back/").content.decode()
    assert "139****1234" in page and CALLER not in page and f"/desk/call/{call.pk}" in page
    row = CallBack.objects.get()
    answer = client.post(f"/calls/back/{row.pk}/call", follow=True).content.decode()
    assert "须先签入坐席" in answer
    client.post(f"/calls/back/{row.pk}/done", {"note": "已用微信回复"})
    assert "没有要回拨的来电" in client.get("/calls/back/").content.decode()
    assert "已用微信回复" in client.get("/calls/back/?kind=done").content.decode()


@pytest.mark.django_db
@pytest.mark.req("R042")
def test_a_message_left_is_on_the_agents_desk_and_becomes_an_order_form(exchange, client):
    call = exchange.call(ago=5 * MINUTE, outcome=Outcome.VOICEMAIL, milestones=[{"kind": "voicemail", "name": "mail.wav", "at": ""}])
    tape = Recording.objects.create(centre=exchange.centre, call=call, name="mail.wav", state="sealed")
    end(call)
    client.force_login(exchange.cast.staff["agent1"], backend="django.contrib.auth.backends.ModelBackend")
    assert "待处理的语音留言" in client.get("/desk/today/").content.decode()
    assert f"/calls/recordings/{tape.pk}/sound" in client.get("/calls/back/?kind=voicemail").content.decode()
    assert calls_seen_by(exchange.cast.actor("agent1")).contains(call)
    form = client.get(f"/desk/call/{call.pk}", follow=True)
    assert form.status_code == 200 and CALLER in form.content.decode()
    operations.finish(actor=exchange.cast.actor("agent1"), row=CallBack.objects.get(), note="已登记工单")
    assert not calls_seen_by(exchange.cast.actor("agent2")).contains(call)
    assert "待处理的语音留言" not in client.get("/desk/today/").content.decode()


@pytest.mark.django_db
@pytest.mark.req("R042")
def test_a_seat_that_is_about_to_call_back_gets_no_other_call(exchange):
    requested(exchange, 20)
    ready(exchange, "agent1", "8001")
    ready(exchange, "agent2", "8002", since=timedelta(0))
    assert [command.session.staff.username for command in call_backs_due()] == ["agent1"]
    assert {row.name: row.paused for row in wanted_members()} == {"agent1": True, "agent2": False}
