"""The demonstration's calls: by the rules of an exchange, quick to make, and the pool and the block follow from them."""

from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from random import Random
from time import process_time

import pytest

from huying.calls.models import Block, Call, CallBack, Leg, SeatSession, SeatState
from huying.config.demo.city import build
from huying.config.demo.telephone import wire
from huying.config.demo.telephoned import phone_past
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI

NOW = datetime(2026, 11, 18, 15, 20, tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_ninety_days_of_calls():
    with clock.frozen(NOW):
        city = build("DEMO")
        wire(city)
        began = process_time()
        made = phone_past(city, Random(1), NOW)
        took = process_time() - began
        assert phone_past(city, Random(1), NOW) == 0
    assert took < 15, took  # the whole demonstration has a minute
    assert made == Call.objects.count() > 3000
    assert not Call.objects.filter(ended_at=None).exists() and not Call.objects.filter(ended_at__gt=NOW).exists()
    look_at_people()
    answered = Call.objects.filter(outcome="answered")
    assert 0.75 < answered.count() / made < 0.98
    assert Leg.objects.count() == answered.count()
    for call in answered.order_by("?")[:200]:
        assert call.entered_at < call.queued_at < call.offered_at < call.answered_at < call.ended_at
    assert CallBack.objects.exists()
    block = Block.objects.get()
    assert block.state == "nominated" and block.evidence.count() >= 1


def look_at_people() -> None:
    """Never two callers at once; the states of a shift add up to it."""
    talks = defaultdict(list)
    for leg in Leg.objects.order_by("staff_id", "offered_at"):
        talks[leg.staff_id].append((leg.offered_at, leg.ended_at))
    for spans in talks.values():
        assert all(first[1] <= second[0] for first, second in pairwise(spans))
    states = defaultdict(list)
    for row in SeatState.objects.order_by("session_id", "begun_at"):
        states[row.session_id].append(row)
    for session in SeatSession.objects.all():
        rows = states[session.pk]
        assert rows[0].begun_at == session.started_at and rows[-1].ended_at == session.ended_at
        assert all(one.ended_at == two.begun_at for one, two in pairwise(rows))
