"""Finding calls: by number, order, agent, hour, outcome and length; nothing that the person may not know of (R221)."""

from datetime import datetime, timedelta

import pytest

from huying.calls.models import Call
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.workorders.models import OrderCall, WorkOrder
from permission_orders import number as number_of_an_order

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture
def calls(cast):
    """Three of yesterday, at 9:00, 9:30 and 10:00, of one, two and three minutes; one of two years ago."""
    yesterday = clock.now().astimezone(SHANGHAI).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
    moments = [yesterday + timedelta(minutes=30 * step) for step in range(3)] + [datetime(2024, 11, 20, 9, tzinfo=SHANGHAI)]
    return [
        Call.objects.create(
            centre=cast.demo, linkedid=f"s{place}", number="13907700001", entered_at=at, talk_ms=60_000 * (place + 1),
            outcome="answered", agent=cast.staff["agent1" if place else "agent2"],
        )
        for place, at in enumerate(moments)
    ]


def found(client, cast, who, **asked):
    client.force_login(cast.staff[who], backend=BACKEND)
    answer = client.get("/calls/", asked)
    assert answer.status_code == 200
    return [row.linkedid for row in answer.context["page"].rows]


def test_by_hour_agent_and_length(client, cast, calls):
    day = calls[0].entered_at.astimezone(SHANGHAI).date().isoformat()
    assert found(client, cast, "leader1", since=day, until=day) == ["s2", "s1", "s0"]
    assert found(client, cast, "leader1", since=day, since_time="09:30", until=day, until_time="09:59") == ["s1"]
    assert found(client, cast, "leader1", since=day, until=day, until_time="09:30") == ["s1", "s0"]
    assert found(client, cast, "leader1", longer=61, shorter=120) == ["s1"]
    assert found(client, cast, "leader1", shorter=0) == []
    client.force_login(cast.staff["leader1"], backend=BACKEND)
    assert "至多的秒数少于" in client.get("/calls/", {"longer": 9, "shorter": 8}).content.decode()


@pytest.mark.req("R221")
def test_by_the_number_of_an_order_however_old(client, cast, calls):
    number = number_of_an_order(cast)
    row = WorkOrder.objects.get(number=number)
    for each in (calls[1], calls[3]):
        OrderCall.objects.create(centre=cast.demo, order=row, call=each, kind="intake", at=clock.now())
    spaced = f" {number[:6]} {number[6:]} "
    assert found(client, cast, "leader1", order=number) == found(client, cast, "leader1", order=spaced) == ["s1", "s3"]
    assert found(client, cast, "leader1", order=number, longer=200) == ["s3"]
    assert found(client, cast, "leader1", order="20991231000000") == []
    assert found(client, cast, "director1@OTHER", order=number) == []


def test_the_page_of_a_call_names_whose_own_queue_it_waited_in(client, cast, calls):
    own = f"p{cast.staff['agent2'].pk}"
    at = calls[1].entered_at.isoformat(timespec="milliseconds")
    calls[1].milestones = [{"at": at, "kind": "queued", "queue": own}, {"at": at, "kind": "queued", "queue": "p999999999"}]
    calls[1].save(update_fields=["milestones"])
    client.force_login(cast.staff["leader1"], backend=BACKEND)
    page = client.get(f"/calls/{calls[1].pk}/").content.decode()
    assert f"首问负责：{cast.staff['agent2'].name}" in page and f">{own}<" not in page
