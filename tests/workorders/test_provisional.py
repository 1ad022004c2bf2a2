"""Deadlines beyond the last known year: orders go on, and are counted again when the holidays are known."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from huying.audit.models import Event
from huying.kernel import clock
from huying.org.models import Calendar
from huying.workorders.models import Assignment, Clock
from huying.workorders.operations.clocks import live_clock, pause_clock, resume_clock, shift_clock
from huying.workorders.operations.recount import recount_provisional
from workorders.play import Play

pytestmark = pytest.mark.django_db
EVE = datetime(2031, 12, 30, 2, 0, tzinfo=clock.SHANGHAI)  # no library knows these years


def test_an_order_is_taken_though_the_holidays_are_unknown(cast):
    with clock.frozen(EVE):
        play = Play(cast).dispatched()
    assert set(Clock.objects.filter(order=play.order, kind="handle").values_list("provisional", flat=True)) == {True}


def test_it_is_counted_again_when_the_centre_knows(cast):
    calendar = Calendar.objects.create(centre=cast.demo, name="本市", data={})
    cast.demo.calendar = calendar
    cast.demo.save()
    with clock.frozen(EVE):
        play = Play(cast).handling()
        before = play.task("CG").due_at
        calendar.data = {"years": [2031, 2032], "holidays": ["2032-01-01", "2032-01-02"]}
        calendar.save()
        looked, moved = recount_provisional()
    assert looked == moved == 2  # the unit's and the citizen's clock
    assert play.task("CG").due_at == before + timedelta(days=2)  # two holidays
    assert not Clock.objects.filter(order=play.order, provisional=True, state="running").exists()
    assert Event.objects.filter(stream_id=play.order.pk, kind="recount").count() == 2


KNOWN = {"years": [2031, 2032], "holidays": ["2031-12-31", "2032-01-01", "2032-01-02", "2032-01-05", "2032-01-12"],
         "workdays": ["2032-01-03", "2032-01-10"]}


def lived(cast, calendar, events, *, told_before: int):
    """An order whose unit's clock lives through `events`, the holidays being announced before event number `told_before`."""
    calendar.data = KNOWN if told_before == 0 else {}
    calendar.save()
    at = EVE
    with clock.frozen(at):
        play = Play(cast).handling()
    for number, (hours, what) in enumerate(events, 1):
        at += timedelta(hours=hours)
        with clock.frozen(at):
            if number == told_before:
                calendar.data = KNOWN
                calendar.save()
                recount_provisional()
            one = live_clock(play.order, Clock.Kind.HANDLE, play.task("CG"))
            if what == "pause" and one.state == Clock.State.RUNNING:
                pause_clock(one)
            elif what == "pause":
                resume_clock(one)
            else:
                shift_clock(one, {"workdays": what})
    return live_clock(play.order, Clock.Kind.HANDLE, play.task("CG")).due_at


@pytest.mark.req("R116")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 90), st.sampled_from(["pause", "pause", 1, 3])), min_size=1, max_size=6), st.data())
@example([(3, "pause"), (70, "pause"), (2, 3)], None)
def test_pauses_and_extensions_stand_as_if_the_holidays_had_been_known_from_the_beginning(cast, events, data):
    told = data.draw(st.integers(1, len(events))) if data else 3
    calendar, _ = Calendar.objects.get_or_create(centre=cast.demo, name="本市")
    cast.demo.calendar = calendar
    cast.demo.save()
    with transaction.atomic():
        late, early = (lived(cast, calendar, events, told_before=when) for when in (told, 0))
        transaction.set_rollback(True)
    assert late == early


def test_a_paused_clock_is_recounted_and_what_hangs_below_it_moves_along(cast):
    calendar = Calendar.objects.create(centre=cast.demo, name="本市", data={})
    cast.demo.calendar = calendar
    cast.demo.save()
    with clock.frozen(EVE):
        play = Play(cast).handling()
        due = play.task("CG").due_at
        play.do("liaison1", "delegate", unit="CG-1", due=due.isoformat(), opinion="请到现场核实")
        pause_clock(live_clock(play.order, Clock.Kind.HANDLE, play.task("CG")))
        calendar.data = {"years": [2031, 2032], "holidays": [], "workdays": ["2032-01-03"]}  # a Saturday to be worked
        calendar.save()
        recount_provisional()
    above, below = play.task("CG"), play.task("CG-1")
    assert above.due_at < due and below.due_at == above.due_at
    paused = Clock.objects.get(assignment=above, kind="handle")
    assert (paused.state, paused.provisional, paused.due_at) == ("paused", False, above.due_at)


def test_a_task_that_comes_back_is_due_by_what_is_known_then(cast):
    calendar = Calendar.objects.create(centre=cast.demo, name="本市", data={})
    cast.demo.calendar = calendar
    cast.demo.save()
    with clock.frozen(EVE):
        play = Play(cast).handling()
        due = play.task("CG").due_at
        play.replied()
        calendar.data = {"years": [2031, 2032], "holidays": ["2032-01-01", "2032-01-02"]}
        calendar.save()
        recount_provisional()  # the unit's clock stands still
        play.do("reviewer1", "reject_check", reason="请说明维修时间")
    task = Assignment.objects.get(pk=play.task("CG").pk)
    one = live_clock(play.order, Clock.Kind.HANDLE, task)
    assert task.due_at == one.due_at == due + timedelta(days=2) and not one.provisional
