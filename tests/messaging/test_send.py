"""Sending: one row with its words and one job, in the transaction that caused them."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from huying.kernel import clock
from huying.messaging.models import Message
from huying.messaging.operations import NoMobile, Outgoing, TooOften, save_template, send_all
from huying.messaging.queries import messages_of
from huying.messaging.rules import SCENES
from huying.org.queries import tenant_scope

pytestmark = pytest.mark.django_db


def jobs() -> list[tuple[int, int]]:
    """(message id, priority) of every delivery job waiting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (args->>'message_id')::bigint, priority FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def test_words_signature_carrier_and_one_job(post):
    message = post()
    assert message.text == "【12345热线】您反映的“路灯不亮”已登记，工单号 N1。凭工单号和手机号可查进度：http://127.0.0.1:8012"
    assert (message.state, message.carrier, message.segments) == ("queued", "mobile", 1)
    assert jobs() == [(message.pk, 0)]


def test_costs_one_insert_and_one_job(post):
    post()
    with CaptureQueriesContext(connection, ) as asked:
        post()
    assert len(asked) == 2, [query["sql"][:60] for query in asked]


@pytest.mark.django_db(transaction=True)
def test_nothing_remains_of_a_transaction_that_failed(cast, post):
    with pytest.raises(RuntimeError), transaction.atomic():
        post()
        raise RuntimeError
    assert not Message.objects.exists() and not jobs()


def test_phone_and_text_are_unreadable_in_the_table(post):
    message = post()
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, text FROM messaging_message WHERE id = %s", [message.pk])
        phone, text = (bytes(value) for value in cursor.fetchone())
    assert b"13907700001" not in phone and "路灯".encode() not in text
    again = Message.objects.get(pk=message.pk)
    assert (again.phone, again.masked_phone) == ("13907700001", "139****0001")


@pytest.mark.req("R263")
def test_a_switched_off_scene_leaves_a_row_and_no_job(cast, post):
    save_template(actor=cast.actor("director1"), centre=cast.demo, code="accepted", text="已受理 {number}", is_on=False)
    message = post()
    assert (message.state, message.reason, jobs()) == ("skipped", "该场景已关闭", [])
    assert post("withdrawn").state == "queued"


def test_a_landline_gets_none(post):
    assert (post(phone="0770-2823456").state, jobs()) == ("skipped", [])


def test_long_values_are_cut(post, cast):
    text = post("answered", values={"number": "N1", "title": "路" * 80, "answer": "好\n" * 300}).text
    assert "路" * 23 + "…”" in text and text.count("好") < 62 and "\n" not in text


def test_a_forgotten_value_is_a_programmers_mistake(post):
    with pytest.raises(KeyError):
        post(values={"number": "N1"})
    with pytest.raises(KeyError):
        post("no_such_scene")


def test_codes_go_first_and_not_too_often(post):
    with clock.frozen(clock.now()) as now:
        post()
        code = post("code")
        assert (code.pk, 10) in jobs()
        assert "123456" in code.text and "123456" not in code.shown_text
        with pytest.raises(TooOften):
            post("code")
        assert post("code", phone="13907700002").state == "queued"
        for _ in range(4):
            now.tick(timedelta(seconds=61))
            post("code")
        now.tick(timedelta(seconds=61))
        with pytest.raises(TooOften, match="1 小时"):
            post("code")
        with pytest.raises(NoMobile):
            post("code", phone="0770-2823456")


def test_many_at_once_in_two_statements(cast):
    values = {"number": "N1", "title": "停水"}
    batch = [Outgoing("accepted", cast.demo.pk, f"139077{n:05}", values, ("order", n)) for n in range(500)]
    send_all(batch[:1])
    with CaptureQueriesContext(connection) as asked:
        messages = send_all(batch)
    assert len(messages) == 500 and len(asked) <= 3
    assert len(jobs()) == 501


def test_messages_of_one_order(post, cast):
    post(), post("closed"), post(subject=("order", 2))
    assert [message.scene_label for message in messages_of(("order", 1))] == ["受理告知", "办结反馈"]
    with tenant_scope([cast.other.pk]):
        assert not messages_of(("order", 1))


@pytest.mark.req("R263")
def test_every_scene_asked_for_is_shipped():
    needed = {"accepted", "dispatched", "sign_reminder", "due_reminder", "urged", "extended", "closed", "rate_invite", "code"}
    assert needed <= set(SCENES)
