"""What Prometheus may ask: requests by route, jobs waiting, sessions of the database, recordings."""

import time
from collections.abc import Callable, Iterator

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from huying.audit.queries import ALL, tenant_scope
from huying.calls.models import Recording

log = structlog.get_logger("huying.request")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)
REQUESTS = Counter("huying_requests_total", "Answered requests", ["method", "route", "status"])
LATENCY = Histogram("huying_request_seconds", "Time to the answer", ["route"], buckets=SECONDS)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Measured:
    """Counts, times and logs each request by its route's name: a path may hold a number, a name never does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        start = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - start
        route, method = route_of(request), request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, response.status_code).inc()
        LATENCY.labels(route).observe(seconds)
        log.info("request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))
        return response


def route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return "static" if request.path.startswith(settings.STATIC_URL) else "unknown"
    return match.view_name or match.route


class Database(Collector):
    """Read at the moment of asking: jobs and sessions of this login by state, recordings that are not sealed."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("huying_jobs", "Background jobs that are not done", labels=["queue", "state"])
        sessions = GaugeMetricFamily("huying_database_sessions", "Sessions of the application", labels=["state"])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs"
                " WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2"
            )
            for queue, state, count in cursor.fetchall():
                jobs.add_metric([queue, state], count)
            cursor.execute(
                "SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = current_user GROUP BY 1"
            )
            for state, count in cursor.fetchall():
                sessions.add_metric([state], count)
        yield jobs
        yield sessions
        yield recordings()


def recordings() -> GaugeMetricFamily:
    """Those waiting to be sealed, and those missing, by reason."""
    found = GaugeMetricFamily("huying_recordings", "Recordings that are not sealed", labels=["state", "why"])
    with tenant_scope(ALL):
        rows = Recording.objects.filter(state__in=[Recording.State.WAITING, Recording.State.MISSING])
        for state, why, count in rows.values_list("state", "why").annotate(count=Count("pk")).order_by("state", "why"):
            found.add_metric([state, why], count)
    return found


def exposition(folder: str) -> bytes:
    """The text for Prometheus; with `folder` the sums over all worker processes that write there."""
    registry = CollectorRegistry()
    if folder:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
        registry.register(LATENCY)
    registry.register(Database())
    return generate_latest(registry)
