"""A row changed, removed or slipped in by hand, with the owner's rights, is found and named (R055)."""

import pytest
from django.db import connections

from huying.audit.models import Event
from huying.audit.operations import anchor
from huying.audit.queries import verify
from huying.workorders.models import WorkOrder
from workorders.play import Play

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def history(transactional_db, tmp_path):
    import cast as stage

    play = Play(stage.build()).handling()
    anchor(tmp_path / "anchors.log")
    return play.order.pk, tmp_path / "anchors.log"


def by_hand(statement, *values):
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)


def kinds(file=None):
    return {(fault.kind, fault.seq) for fault in verify(file)}


def told(file=None):
    return [str(fault) for fault in verify(file)]


@pytest.mark.req("R055")
def test_a_changed_row_is_named(history):
    order, file = history
    by_hand("UPDATE audit_event SET actor_name = '别人' WHERE stream_id = %s AND seq = 2", order)
    assert kinds(file) == {("changed", 2)}
    assert "第 2 步" in str(next(verify(file))) and "被改动" in str(next(verify(file)))


def test_a_removed_row_is_named_and_so_is_the_last(history):
    order, _ = history
    by_hand("DELETE FROM audit_event WHERE stream_id = %s AND seq = 3", order)
    assert ("removed", 3) in kinds()
    last = Event.objects.filter(stream_id=order).order_by("-seq").values_list("seq", flat=True)[0]
    by_hand("DELETE FROM audit_event WHERE stream_id = %s AND seq = %s", order, last)
    assert ("removed", last) in kinds()


def test_an_inserted_row_is_named(history):
    order, _ = history
    by_hand("INSERT INTO audit_event (stream, stream_id, seq, kind, at, centre_id, actor_kind, actor_name, before, after,"
            " reason, data, request_id, prev, hash) SELECT stream, stream_id, 99, kind, at, centre_id, actor_kind,"
            " actor_name, before, after, reason, data, request_id, prev, hash FROM audit_event"
            " WHERE stream_id = %s AND seq = 1", order)
    row = Event.objects.get(stream_id=order, seq=99).pk
    number = WorkOrder.objects.get(pk=order).number
    assert told() == [f"工单 {number} 第 99 步（事件 {row}）：被插入"]  # and no word of steps 5 to 98, which never were


def test_a_gap_is_told_once_however_wide(history):
    order, _ = history
    by_hand("UPDATE workorders_workorder SET event_seq = 2000000000 WHERE id = %s", order)
    last = Event.objects.filter(stream="order", stream_id=order).count()
    number = WorkOrder.objects.get(pk=order).number
    assert told() == [f"工单 {number} 第 {last + 1} 至 2000000000 步：被删除"]


def test_a_history_whose_order_is_gone_is_told(history):
    order, _ = history
    by_hand("UPDATE audit_event SET stream_id = 999999 WHERE stream = 'order' AND stream_id = %s", order)
    assert "工单 999999：记录本身被删除，只留下历史" in told() and ("removed", 1) in kinds()


def test_a_whole_chain_forged_anew_breaks_the_seal(history):
    from huying.kernel import hashchain

    order, file = history
    head = bytes(32)
    for event in Event.objects.filter(stream_id=order).order_by("seq"):
        event.actor_name, event.prev = "别人", head
        head = hashchain.link(head, event.record())
        by_hand("UPDATE audit_event SET actor_name = '别人', prev = %s, hash = %s WHERE id = %s", event.prev, head, event.pk)
    WorkOrder.objects.filter(pk=order).update(event_head=head)
    assert kinds(file) == {("anchor", 0)}


def test_rewriting_the_seal_too_is_found_by_the_copy_outside(history):
    _, file = history
    by_hand("UPDATE audit_anchor SET hash = decode(repeat('00', 32), 'hex')")
    assert kinds(file) == {("anchor", 0)}
    by_hand("DELETE FROM audit_anchor")
    assert kinds(file) == {("anchor", 0)}
