"""Deadlines beyond the last known year: orders go on, and are counted again when the holidays are known."""

from datetime import datetime, timedelta

import pytest

from huying.audit.models import Event
from huying.kernel import clock
from huying.org.models import Calendar
from huying.workorders.models import Clock
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
