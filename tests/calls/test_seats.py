"""Signing in, states, taking over, capacity, a shift leader's hand (R209, R213, R218, R272)."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connections

from calls.room import furnish
from huying.audit.models import Event
from huying.calls.models import Phone, PhoneSetting, SeatSession, ShiftNote, SkillGroup
from huying.calls.operations import force_state, move_seat, set_state, sign_in_seat, sign_out_seat
from huying.calls.operations.seats import BadState, MayNotSignIn, NoPhone, NotSignedIn, SeatsFull
from huying.calls.queries.seats import seat_at, seat_of
from huying.kernel import clock
from huying.org.models import Staff
from huying.org.policies import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def phones(cast):
    return furnish(cast)


@pytest.fixture
def stopped():
    with clock.frozen(clock.now()) as stopped:
        yield stopped


def intervals(session):
    return [(row.state, row.reason) for row in session.states.order_by("begun_at", "id")]


def adds_up(session):
    session.refresh_from_db()
    rows = list(session.states.order_by("begun_at", "id"))
    assert rows[0].begun_at == session.started_at
    assert all(one.ended_at == two.begun_at for one, two in pairwise(rows))
    assert rows[-1].ended_at == session.ended_at
    assert sum(row.ended_at is None for row in rows) == (session.ended_at is None)


@pytest.mark.req("R209")
def test_one_signs_in_busy_gets_ready_and_signs_out(cast, phones, stopped):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    assert (session.state, session.taken_over) == ("busy", "")
    assert session.groups == {str(SkillGroup.objects.get().pk): 1}
    stopped.tick(timedelta(seconds=3))
    set_state(cast.actor("agent1"), session, "ready")
    stopped.tick(timedelta(seconds=60))
    set_state(cast.actor("agent1"), session, "busy", "meal")
    stopped.tick(timedelta(seconds=1))
    session = sign_out_seat(cast.actor("agent1"), session)
    assert session.ended_at == stopped.at
    assert intervals(session) == [("busy", ""), ("ready", ""), ("busy", "meal")]
    adds_up(session)
    assert seat_of(cast.staff["agent1"]) is None


@pytest.mark.req("R272")
@pytest.mark.parametrize(("missing", "words"), [("confidentiality_signed_on", "保密承诺书"), ("trained_on", "上岗培训")])
def test_without_letter_or_training_nobody_signs_in(cast, phones, missing, words):
    Staff.objects.filter(username="agent1").update(**{missing: None})
    with pytest.raises(MayNotSignIn, match=words):
        sign_in_seat(cast.actor("agent1"), phones["8001"])
    assert not SeatSession.objects.exists()


def test_without_the_right_nobody_signs_in(cast, phones):
    with pytest.raises(MayNotSignIn, match="没有接听电话的权限"):
        sign_in_seat(cast.actor("quality1"), phones["8001"])


@pytest.mark.parametrize(("extension", "off"), [("8101", False), ("8001", True)])
def test_no_phone_of_another_centre_nor_one_out_of_use(cast, phones, extension, off):
    Phone.objects.filter(extension="8001").update(is_active=not off)
    with pytest.raises(NoPhone):
        sign_in_seat(cast.actor("agent1"), phones[extension])


def test_without_naming_a_phone_the_own_one_is_taken_and_others_keep_off(cast, phones):
    with pytest.raises(NoPhone, match="没有为您配置固定话机"):
        sign_in_seat(cast.actor("agent1"))
    Phone.objects.filter(extension="8002").update(owner=cast.staff["agent1"])
    assert sign_in_seat(cast.actor("agent1")).phone.extension == "8002"
    with pytest.raises(NoPhone, match="固定由他人使用"):
        sign_in_seat(cast.actor("agent2"), phones["8002"])


def test_only_groups_of_ones_own_skills(cast, phones):
    other = SkillGroup.objects.create(centre=cast.demo, code="english", name="英语组")
    with pytest.raises(MayNotSignIn, match="不是您的技能"):
        sign_in_seat(cast.actor("agent1"), phones["8001"], groups=[other.pk])


def test_signing_in_twice_is_one_seat(cast, phones):
    first = sign_in_seat(cast.actor("agent1"), phones["8001"])
    set_state(cast.actor("agent1"), first, "ready")
    again = sign_in_seat(cast.actor("agent1"), phones["8001"])
    assert (again.pk, again.state) == (first.pk, "ready")


def test_a_second_sign_in_takes_over_and_says_so(cast, phones, stopped):
    first = sign_in_seat(cast.actor("agent1"), phones["8001"])
    stopped.tick(timedelta(seconds=5))
    second = sign_in_seat(cast.actor("agent1"), phones["8002"])
    first.refresh_from_db()
    assert second.taken_over == "您原在分机 8001 的签入已由本次签入接管"
    assert (first.ended_at, first.ended_by) == (stopped.at, "本人改在分机 8002 签入")
    third = sign_in_seat(cast.actor("agent2"), phones["8002"])
    second.refresh_from_db()
    assert third.taken_over == f"分机 8002 原由{cast.staff['agent1'].name}签入，已由您接管"
    assert second.ended_by == f"{cast.staff['agent2'].name}在分机 8002 签入"
    for session in (first, second, third):
        adds_up(session)


def test_a_phone_in_the_middle_of_a_call_is_not_taken_from_somebody_else(cast, phones):
    first = sign_in_seat(cast.actor("agent1"), phones["8001"])
    move_seat(first.pk, "answered")
    with pytest.raises(NoPhone, match=r"正由.*通话"):
        sign_in_seat(cast.actor("agent2"), phones["8001"])
    assert seat_of(cast.staff["agent1"]).pk == first.pk


@pytest.mark.req("R209")
def test_the_seat_above_capacity_is_refused_until_capacity_grows(cast, phones):
    PhoneSetting.objects.update(seats=1)
    sign_in_seat(cast.actor("agent1"), phones["8001"])
    with pytest.raises(SeatsFull, match="坐席容量为 1 席，已有 1 席签入"):
        sign_in_seat(cast.actor("agent2"), phones["8002"])
    sign_in_seat(cast.actor("agent1"), phones["8003"])  # taking over one's own seat is none more
    PhoneSetting.objects.update(seats=2)
    sign_in_seat(cast.actor("agent2"), phones["8002"])


@pytest.mark.req("R213")
def test_what_is_asked_for_in_a_call_comes_after_it(cast, phones):
    agent = cast.actor("agent1")
    session = sign_in_seat(agent, phones["8001"])
    set_state(agent, session, "ready")
    for event in ("rings", "answered"):
        move_seat(session.pk, event)
    asked = set_state(agent, session, "busy", "meal")
    assert (asked.state, asked.next_state, asked.next_reason) == ("talking", "busy", "meal")
    ended = move_seat(session.pk, "hung_up")
    assert (ended.state, ended.reason, ended.next_state) == ("busy", "meal", "")
    adds_up(session)


@pytest.mark.req("R218")
@pytest.mark.parametrize("button", ["finish", "ready"])
def test_who_is_forced_busy_in_a_call_does_the_work_on_it_first(cast, phones, stopped, button):
    agent = cast.actor("agent1")
    session = sign_in_seat(agent, phones["8001"])
    set_state(agent, session, "ready")
    move_seat(session.pk, "answered")
    force_state(cast.actor("leader1"), session, "force_busy", "轮休")
    stopped.tick(timedelta(seconds=30))
    ended = move_seat(session.pk, "hung_up")
    assert (ended.state, ended.next_state, ended.next_reason) == ("wrap_up", "busy", "forced")
    stopped.tick(timedelta(seconds=20))
    done = set_state(agent, session, button)
    assert (done.state, done.reason, done.next_state, done.next_reason) == ("busy", "forced", "", "")
    assert set_state(agent, session, "ready").state == "ready"
    adds_up(session)


def test_forced_busy_waits_through_another_call_and_gives_way_to_who_signs_out(cast, phones):
    agent = cast.actor("agent1")
    session = sign_in_seat(agent, phones["8001"])
    move_seat(session.pk, "answered")
    force_state(cast.actor("leader1"), session, "force_busy", "轮休")
    states = [move_seat(session.pk, event).state for event in ("hung_up", "answered", "hung_up", "wrap_up_over")]
    assert states == ["wrap_up", "talking", "wrap_up", "busy"]
    move_seat(session.pk, "answered")
    force_state(cast.actor("leader1"), session, "force_busy", "轮休")
    move_seat(session.pk, "hung_up")
    assert sign_out_seat(agent, session).state == "offline"


def test_after_the_call_comes_work_on_it_then_ready_again(cast, phones):
    agent = cast.actor("agent1")
    session = sign_in_seat(agent, phones["8001"])
    set_state(agent, session, "ready")
    states = [move_seat(session.pk, event).state for event in ("rings", "answered", "hung_up")]
    assert states == ["ringing", "talking", "wrap_up"]
    assert set_state(agent, session, "finish").state == "ready"


def test_who_was_busy_when_it_rang_is_not_ready_by_surprise(cast, phones):
    agent = cast.actor("agent1")
    session = sign_in_seat(agent, phones["8001"])
    set_state(agent, session, "busy", "paperwork")
    move_seat(session.pk, "rings")
    after = move_seat(session.pk, "cancelled")
    assert (after.state, after.reason) == ("busy", "paperwork")


@pytest.mark.parametrize(("wish", "state"), [("busy", ("busy", "missed")), ("ready", ("ready", ""))])
def test_a_missed_call_makes_busy_unless_the_centre_decided_otherwise(cast, phones, wish, state):
    PhoneSetting.objects.update(after_missed=wish)
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    set_state(cast.actor("agent1"), session, "ready")
    move_seat(session.pk, "rings")
    after = move_seat(session.pk, "missed")
    assert (after.state, after.reason) == state


def test_a_lost_phone_makes_busy_and_its_return_ready_again(cast, phones):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    set_state(cast.actor("agent1"), session, "ready")
    lost = move_seat(session.pk, "phone_lost")
    assert (lost.state, lost.reason) == ("busy", "phone")
    assert move_seat(session.pk, "phone_back").state == "ready"
    set_state(cast.actor("agent1"), session, "busy", "break")
    assert move_seat(session.pk, "phone_back").state == "busy"


def test_late_news_does_not_reach_back_before_the_present_state(cast, phones, stopped):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    stopped.tick(timedelta(seconds=10))
    set_state(cast.actor("agent1"), session, "ready")
    after = move_seat(session.pk, "rings", at=stopped.at - timedelta(seconds=4))
    assert after.state_since == stopped.at
    adds_up(session)


def test_a_double_click_is_one_interval(cast, phones):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    for _ in range(3):
        set_state(cast.actor("agent1"), session, "ready")
    assert intervals(session) == [("busy", ""), ("ready", "")]


@pytest.mark.parametrize("reason", ["", "forced", "missed", "holiday"])
def test_busy_wants_a_reason_that_people_may_give(cast, phones, reason):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    with pytest.raises(BadState, match="请选择置忙原因"):
        set_state(cast.actor("agent1"), session, "busy", reason)


def test_nobody_changes_the_seat_of_somebody_else(cast, phones):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    with pytest.raises(NotSignedIn):
        set_state(cast.actor("agent2"), session, "ready")
    with pytest.raises(NotAllowed):
        force_state(cast.actor("agent2"), session, "force_busy")


@pytest.mark.req("R218")
def test_a_shift_leader_forces_a_state_on_record(cast, phones):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    leader = cast.actor("leader1")
    assert force_state(leader, session, "force_ready").state == "ready"
    busy = force_state(leader, session, "force_busy", "高峰后轮休")
    assert (busy.state, busy.reason) == ("busy", "forced")
    move_seat(session.pk, "answered")
    assert force_state(leader, session, "force_busy").next_state == "busy"
    assert force_state(leader, session, "force_out").ended_at is not None
    kinds = list(Event.objects.filter(kind__startswith="seat.").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["seat.force_ready", "seat.force_busy", "seat.force_busy", "seat.force_out"]
    assert ShiftNote.objects.filter(kind="forced").count() == 4
    adds_up(session)


def test_who_sat_at_a_phone_at_a_moment(cast, phones, stopped):
    first = sign_in_seat(cast.actor("agent1"), phones["8001"])
    begun = stopped.at
    stopped.tick(timedelta(minutes=5))
    second = sign_in_seat(cast.actor("agent2"), phones["8001"])
    assert seat_at("8001", begun + timedelta(minutes=4)) == first
    assert seat_at("8001", stopped.at) == second
    assert seat_at("8001", begun - timedelta(seconds=1)) is None


def test_another_centre_sees_no_seat_of_ours(cast, phones):
    from huying.audit.queries import set_scope

    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    before = set_scope([cast.other.pk])
    assert move_seat(session.pk, "ready") is None
    set_scope(before)
    assert connections["default"].in_atomic_block
