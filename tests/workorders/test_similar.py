"""Orders alike beside the form: the caller's own, those near by, those on the topic; nobody else's."""

from datetime import timedelta

import pytest

from huying.kernel import clock
from huying.workorders.models import WorkOrder
from huying.workorders.queries.similar import orders_of_caller, similar_orders
from huying.workorders.rules.topics import topics
from workorders.play import PHONE, Play

TEXT = "海湾社区门口路灯不亮 晚上没有灯"


def found(cast, user="agent1", **more):
    rows = similar_orders(cast.actor(user), **{"text": TEXT, "phone": PHONE, "region": "450602001001"} | more)
    return [row.order.number for row in rows]


def test_open_before_closed_and_the_callers_own_are_marked(cast):
    closed = Play(cast).do("agent1", "direct_answer", answer="已经修好")
    mine = Play(cast, title="社区门口路灯不亮")
    other = Play(cast, phone="13800000000", title="海湾社区路灯坏了", content="海湾社区路灯坏了，晚上没有灯")
    rows = similar_orders(cast.actor("agent1"), text=TEXT, phone=PHONE, region="450602001001")
    assert {row.order.number for row in rows} == {closed.number, mine.number, other.number}
    assert rows[-1].order.number == closed.number
    assert {row.order.number for row in rows if row.same_caller} == {closed.number, mine.number}
    assert all(0.18 <= row.likeness <= 1 for row in rows)


def test_topic_is_found_in_another_street(cast):
    far = Play(cast, phone="13800000000", region="450602", title="路灯损坏", content="兴港大道路灯不亮，晚上没有灯")
    assert found(cast, text="门口路灯不亮晚上没有灯") == [far.number]


def test_little_text_and_other_matters_find_nothing(cast):
    Play(cast)
    assert found(cast, text="路灯") == []
    assert found(cast, text="咨询灵活就业人员社会保险怎样缴费") == []


def test_nothing_of_another_city_and_nothing_old(cast):
    play = Play(cast)
    assert found(cast, user="agent1@OTHER") == []
    WorkOrder.objects.filter(pk=play.order.pk).update(created_at=clock.now() - timedelta(days=91))
    assert found(cast, region="", phone=PHONE) == []


def test_orders_of_a_number_however_it_is_written(cast):
    open_one = Play(cast)
    done = Play(cast, title="咨询").do("agent1", "direct_answer", answer="已答复")
    rows = orders_of_caller(cast.actor("agent2"), "+86 139 0770 0001")
    assert [row.number for row in rows] == [open_one.number, done.number]
    assert orders_of_caller(cast.actor("agent1@OTHER"), PHONE) == []
    assert orders_of_caller(cast.actor("agent1"), "") == []


@pytest.mark.parametrize("text, expected", [("夜间施工噪声扰民，希望处理", {"夜间", "施工", "噪声", "扰民"}), ("希望尽快解决问题", set())])
def test_topics_are_what_is_not_said_everywhere(text, expected):
    assert set(topics(text)) <= expected
    assert bool(topics(text)) == bool(expected)
