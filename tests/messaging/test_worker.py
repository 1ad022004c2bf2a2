"""The worker itself, in the real queue: it delivers, tries again, and takes up what a killed one left behind."""

import pytest
from django.db import connection, connections, transaction
from gateway import gateway
from procrastinate.contrib.django import app

from huying.messaging.models import Message
from huying.messaging.operations import deliver
from huying.org.queries import ALL, set_scope
from workorders.test_concurrency import together

pytestmark = pytest.mark.django_db(transaction=True)


def own_session(job, context, worker):
    """A job's thread ends with the worker; so does its session."""
    try:
        return job()
    finally:
        connections.close_all()


def work_off():
    """A worker that ends when nothing is left to do at present."""
    with app.replace_connector(app.connector.get_worker_connector()) as jobs:
        jobs.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="successful",
                        task_middleware=[own_session])
    set_scope(ALL)  # this session may have been changed by a job that ran in it


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else None


def test_delivers_what_was_committed(post):
    with transaction.atomic():
        message = post()
    work_off()
    assert Message.objects.get(pk=message.pk).state == "delivered"
    assert not sql("SELECT 1 FROM procrastinate_jobs WHERE task_name LIKE '%%deliver_message'")


@pytest.mark.req("R195")
def test_tries_again_later_when_no_gateway_answers(post, settings, tmp_path):
    with gateway(b"key") as (main, url):
        settings.MESSAGE_CHANNEL, settings.MESSAGE_GATEWAYS, main.mood = "http", f"main={url}", "busy"
        (tmp_path / "secrets" / "gateway_main").write_bytes(b"key")
        message = post()
        work_off()
        [(status, attempts, later)] = sql(
            "SELECT status::text, attempts, scheduled_at > now() FROM procrastinate_jobs WHERE task_name LIKE '%%deliver_message'")
        assert (status, attempts, later) == ("todo", 1, True)
        main.mood = "well"
        sql("UPDATE procrastinate_jobs SET scheduled_at = now()")
        work_off()
    found = Message.objects.get(pk=message.pk)
    assert (found.state, found.attempts, len(main.taken)) == ("sent", 2, 1)


def test_takes_up_what_a_killed_worker_left(post):
    from huying.config.tasks import take_up_again

    message = post()
    [(dead,)] = sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id")
    sql("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", dead)
    work_off()
    if Message.objects.get(pk=message.pk).state == "queued":  # the minute's own turn may have come already
        take_up_again.defer(timestamp=0)
        work_off()
        work_off()
    assert Message.objects.get(pk=message.pk).state == "delivered"


def test_two_workers_on_one_message_send_once(post, tmp_path):
    message = post()
    together(*[lambda: deliver(message.pk)] * 4)
    assert len((tmp_path / "messages.log").read_text().splitlines()) == 1
    assert Message.objects.get(pk=message.pk).state == "delivered"
