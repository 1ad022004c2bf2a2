"""/healthz, /readyz and /metrics: what is asked, what is told, and to whom."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from huying.calls.models import SwitchState
from huying.config import probes
from huying.kernel import clock

HEARTBEAT = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second')"


def beat(seconds_ago: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(HEARTBEAT, [seconds_ago])


def test_process_is_healthy_without_any_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_with_database_tables_and_a_living_worker(client):
    beat(5)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200, {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "worker": "ok"},
              "switch": {"word": "unknown", "reason": ""}, "phone": "未启用"})


@pytest.mark.django_db
def test_not_ready_when_the_worker_fell_silent(client):
    beat(31)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["worker"]) == (503, "没有后台任务进程的心跳")


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "connected", "said"), [
    (1, True, "ok"), (1, False, "电话交换机没有应答"), (20, True, "没有话务网关的心跳"),
])
def test_the_telephone_is_told_and_does_not_make_the_pages_unready(client, seconds, connected, said):
    beat(1)
    SwitchState.objects.create(gateway_seen_at=clock.now() - timedelta(seconds=seconds), connected=connected)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["phone"]) == (200, said)


@pytest.mark.django_db
def test_of_several_nodes_the_one_that_is_ill_is_named(client):
    beat(1)
    for node, connected in (("hya", True), ("hyb", False)):
        SwitchState.objects.create(node=node, gateway_seen_at=clock.now(), connected=connected)
    assert client.get("/readyz").json()["phone"] == "节点 hyb：电话交换机没有应答"


@pytest.mark.django_db
def test_not_ready_while_migrations_are_missing(client, monkeypatch):
    from django.db.migrations.recorder import MigrationRecorder

    beat(1)
    applied = MigrationRecorder.applied_migrations
    monkeypatch.setattr(probes, "_seen_migrated", [])
    monkeypatch.setattr(
        MigrationRecorder, "applied_migrations",
        lambda self: {key: value for key, value in applied(self).items() if key[0] != "workorders"},
    )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, "数据库结构尚未更新")


def test_not_ready_without_database(client, monkeypatch):
    def away() -> bool:
        raise DatabaseError("gone")

    monkeypatch.setattr(probes, "migrated", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "数据库没有应答")


@pytest.mark.django_db
def test_metrics_count_by_route(client):
    client.get("/healthz?phone=13907700001")
    text = client.get("/metrics").content.decode()
    assert 'huying_requests_total{method="GET",route="healthz",status="200"}' in text
    assert 'huying_request_seconds_bucket{le="0.1",route="healthz"}' in text
    assert "huying_database_sessions{" in text
    assert "13907700001" not in text


@pytest.mark.django_db
def test_metrics_are_for_this_machine_or_for_the_token(settings):
    settings.METRICS_TOKEN = ""
    assert Client(REMOTE_ADDR="10.0.0.9").get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
    assert Client(REMOTE_ADDR="10.0.0.9").get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "let-me-see"
    far = Client(REMOTE_ADDR="10.0.0.9")
    assert far.get("/metrics", headers={"Authorization": "Bearer let-me-see"}).status_code == 200
    assert far.get("/metrics", headers={"Authorization": "Bearer let-me"}).status_code == 404


def test_probes_only_read(client):
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.post(path).status_code in {403, 405}
