"""Numbers that only test: their calls are served and shown, and count for nothing (C10)."""

from datetime import timedelta

import pytest

from huying.calls.models import Call, CallBack, CallerList, ListedCaller
from huying.calls.operations import take_in
from huying.calls.operations.settings import save_list
from huying.calls.queries.asked import Question
from huying.calls.queries.records import records_of
from huying.calls.queries.reports import total_of
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]
TESTER, CITIZEN = "13800138000", "13800138001"


def given_up(citizen, number):
    """Waits a moment and goes."""
    before = Call.objects.filter(ended_at__isnull=False).count()
    call = citizen(number).dial("12345")
    eventually(lambda: Call.objects.filter(ended_at=None, queued_at__isnull=False).exists())
    call.hang_up()
    eventually(lambda: Call.objects.filter(ended_at__isnull=False).count() == before + 1)


def test_calls_of_a_test_number_are_marked_and_not_counted(house, gateway, citizen):
    gateway()
    director = house.cast.actor("director1")
    row = CallerList(centre=house.cast.demo, code="lines", name="线路测试", is_test=True)
    save_list(actor=director, row=row, numbers=[(TESTER, "机房")])
    given_up(citizen, TESTER)
    given_up(citizen, CITIZEN)
    assert dict(Call.objects.values_list("number", "is_test")) == {TESTER: True, CITIZEN: False}
    today = clock.now().astimezone(SHANGHAI).date()
    counts = total_of(house.cast.actor("leader1"), Question(today - timedelta(days=1), today))
    assert (counts["calls"], counts["gave_up"]) == (1, 1)
    assert [entry.number for entry in CallBack.objects.all()] == [CITIZEN]
    ListedCaller.objects.all().delete()
    take_in(records_of([Call.objects.get(is_test=True).linkedid]))
    assert Call.objects.filter(is_test=True).count() == 1
