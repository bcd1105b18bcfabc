"""Is it well? /healthz and /readyz for the machinery that runs us, /metrics for the one that watches.

The probes are middleware, in front of everything: they come from load balancers and container engines, which
speak plain HTTP to an address that is no allowed host, every few seconds, and should leave no log line.
"""

import ipaddress
import secrets
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from typing_extensions import override

JOBS = """
    SELECT queue_name, status::text, count(*)
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY queue_name, status
"""
# Scheduled in the future is not late: a job waits from the moment it may run.
LATEST_JOB = """
    SELECT coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))), 0)
    FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
    WHERE j.status = 'todo' AND coalesce(j.scheduled_at, e.at) <= now()
"""
LIVE_WORKERS = (
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 seconds'"
)


class ProbeMiddleware:
    """Answers /healthz (this process is alive; no database) and /readyz (it can serve)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.is_migrated = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return JsonResponse({"status": "alive"})
        if request.path_info == "/readyz":
            return self._readiness()
        return self.get_response(request)

    def _readiness(self) -> HttpResponse:
        """200, or 503 with the reason. Migrations are looked at until they are found applied."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            self.is_migrated = self.is_migrated or _is_migrated()
        except Error:
            return JsonResponse({"status": "the database does not answer"}, status=503)
        if not self.is_migrated:
            return JsonResponse({"status": "migrations are missing"}, status=503)
        return JsonResponse({"status": "ready"})


class Queue(Collector):
    """The jobs that wait or run, by one look at the database."""

    @override
    def collect(self) -> Iterable[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("marketplace_jobs", "Jobs by queue and status.", labels=["queue", "status"])
        waiting = GaugeMetricFamily("marketplace_job_wait_seconds", "How long the oldest due job has waited.")
        workers = GaugeMetricFamily("marketplace_workers", "Job workers seen in the last minute.")
        with connection.cursor() as cursor:
            cursor.execute(JOBS)
            for queue, status, count in cursor.fetchall():
                jobs.add_metric([queue, status], count)
            cursor.execute(LATEST_JOB)
            waiting.add_metric([], float(cursor.fetchone()[0]))
            cursor.execute(LIVE_WORKERS)
            workers.add_metric([], cursor.fetchone()[0])
        return [jobs, waiting, workers]


def metrics(request: HttpRequest) -> HttpResponse:
    """Everything Prometheus scrapes: requests of all web processes, and the queue.

    Open to `Authorization: Bearer METRICS_TOKEN`; without that setting to this machine only, and
    not through a proxy. For anyone else there is no such page.
    """
    if not _may_scrape(request):
        raise Http404
    page: HttpResponse = ExportToDjangoView(request)
    # Beside the processes' own counters, which are added up: this is the one queue of all of them.
    queue = CollectorRegistry()
    queue.register(Queue())
    page.content += generate_latest(queue)
    return page


def _may_scrape(request: HttpRequest) -> bool:
    token: str | None = settings.METRICS_TOKEN
    if token:
        return secrets.compare_digest(
            request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
        )
    if settings.TRUSTED_PROXIES or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback
    except ValueError:  # a Unix socket has no address
        return False


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
