"""Tracks and special services side by side: together they are all orders, and each number opens its own (R101)."""

import re
from datetime import timedelta
from html import unescape

import pytest

from huying.kernel import clock
from huying.workorders.models import WorkOrder
from huying.workorders.queries.tracks import Counts, by_track
from workorders.play import Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def orders(cast):
    """Of each service some, in every kind of state, one of them long ago."""
    safety = {"template": "safety_report", "kind": "report", "fields": {"enterprise": "某厂", "hazard": "fire"}}
    letter = {"template": "mayor_mailbox", "kind": "suggestion", "fields": {"letter_subject": "建公园", "reply_way": "letter"}}
    plays = [Play(cast), Play(cast).handling(), Play(cast).do("agent1", "direct_answer", answer="已在电话中答复诉求人。"),
             Play(cast).do("agent1", "withdraw", reason="诉求人撤销"), Play(cast, **safety), Play(cast, **safety, is_sensitive=True),
             Play(cast, **letter).handling(), Play(cast, **letter)]
    WorkOrder.objects.filter(pk=plays[1].order.pk).update(due_at=clock.now() - timedelta(hours=1))
    WorkOrder.objects.filter(pk=plays[7].order.pk).update(created_at=clock.now() - timedelta(days=400))
    return plays


def period(days=60):
    return clock.now() - timedelta(days=days), clock.now() + timedelta(minutes=1)


@pytest.mark.req("R101")
def test_both_tracks_together_are_all_orders(cast, orders):
    for days in (60, 800):
        start, end = period(days)
        tracks = by_track(cast.actor("director1"), start, end)
        total = sum((track.counts for track in tracks), Counts())
        every = WorkOrder.objects.filter(created_at__gte=start, created_at__lt=end)
        assert total.taken == every.count() == total.open + total.closed + total.ended
    general, special = tracks
    assert [(service.name, service.counts) for service in general.services] == [("一般诉求", Counts(4, 2, 1, 1, 1))]
    assert {service.name: service.counts.taken for service in special.services} == {"安全生产举报": 2, "区长信箱": 2}
    mine = sum((track.counts for track in by_track(cast.actor("dispatcher1"), *period(800))), Counts())
    assert mine.taken == 7  # the sensitive one is not this person's to know of
    assert by_track(cast.actor("director1@OTHER"), *period(800))[0].counts == Counts()


@pytest.mark.req("R101")
def test_every_number_opens_the_list_it_counts(client, cast, orders):
    client.force_login(cast.staff["director1"], backend=BACKEND)
    today = clock.now().astimezone(clock.SHANGHAI).date()
    page = client.get("/orders/tracks/", {"since": today - timedelta(days=60), "until": today}).content.decode()
    found = [(int(number), unescape(address)) for address, number in re.findall(r'<a href="(/orders/desk/[^"]+)">(\d+)</a>', page)]
    assert len(found) > 8
    for number, address in found:
        assert client.get(address).content.decode().count("<tr data-order=") + client.get(address).content.decode().count(
            "<li data-order=") == number, address


def test_nonsense_and_a_turned_period_are_said_and_this_month_is_shown(client, cast, orders):
    client.force_login(cast.staff["director1"], backend=BACKEND)
    assert "已按本月统计" in client.get("/orders/tracks/?since=昨天").content.decode()
    assert "开始日期在结束日期之后" in client.get("/orders/tracks/?since=2026-02-01&until=2026-01-01").content.decode()
    empty = client.get("/orders/tracks/?since=2001-01-01&until=2001-01-31").content.decode()
    assert "共受理 0 件" in empty and "这段时间没有受理" in empty
