"""What a load balancer, an orchestrator and Prometheus ask of a web process."""

import hmac
import os
from dataclasses import asdict
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import huying
from huying.calls.models import SwitchState
from huying.calls.queries.switch import HEARD
from huying.config import measures
from huying.kernel import clock
from huying.switch.state import read

HEARTBEAT_SECONDS = 30
"""A worker says every 10 s that it lives; twice unheard is bad luck, three times is dead."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so that a sick database does not get web processes killed."""
    return JsonResponse({"status": "ok", "version": huying.__version__})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, its tables are up to date and a worker lives; else 503 and what is amiss.

    Without telephones it is ready all the same: orders go on.
    """
    checks: dict[str, Any] = {"database": "ok", "migrations": "ok", "worker": "ok"}
    try:
        if not migrated():
            checks["migrations"] = "数据库结构尚未更新"
        if not worker_lives():
            checks["worker"] = "没有后台任务进程的心跳"
        telephone = phone()
    except DatabaseError:
        checks = {"database": "数据库没有应答", "migrations": "未知", "worker": "未知"}
        telephone = "未知"
    ready = set(checks.values()) == {"ok"}
    response = JsonResponse(
        {
            "status": "ok" if ready else "unavailable", "checks": checks, "switch": asdict(read(settings.SWITCH_STATE)),
            "phone": telephone,
        },
        status=200 if ready else 503,
        json_dumps_params={"ensure_ascii": False},
    )
    response._has_been_logged = True  # type: ignore[attr-defined]  # a 503 here is news, not a fault of ours
    return response


def phone() -> str:
    """How the gateways say that they and their switches are; of several nodes those that are not well."""
    rows = [row for row in SwitchState.objects.order_by("node") if row.gateway_seen_at]
    ill = [(row.node, said) for row in rows if (said := ailment(row))]
    if len(rows) == 1 and ill:
        return ill[0][1]
    return "；".join(f"节点 {node}：{said}" for node, said in ill) or ("ok" if rows else "未启用")


def ailment(row: SwitchState) -> str:
    if row.gateway_seen_at is None or clock.now() - row.gateway_seen_at > HEARD:
        return "没有话务网关的心跳"
    return "" if row.connected else "电话交换机没有应答"


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus on this machine, or with the token of HUYING_METRICS_TOKEN; for others there is no such page."""
    if not (is_local(request) or has_token(request)):
        raise Http404
    text = measures.exposition(os.environ.get("PROMETHEUS_MULTIPROC_DIR", ""))
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def is_local(request: HttpRequest) -> bool:
    """Asked from this machine itself, not through a proxy that runs on it."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode()
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, expected)


def migrated() -> bool:
    """Whether all migrations of this code are in the database."""
    if not _seen_migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _seen_migrated.append(True)
    return True


_seen_migrated: list[bool] = []
"""Not empty once all was found in place: the code of a running process does not change, and asking takes a while."""


def worker_lives() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - %s * interval '1 second')",
            [HEARTBEAT_SECONDS],
        )
        return bool(cursor.fetchone()[0])
