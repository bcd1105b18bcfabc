"""Selling, measured: goods in plenty, a worker beside the server, and guests on their journeys.

All orders are real: stock is promised and taken, payments are opened, settled and split, books are kept, and
the worker delivers every webhook of the sandbox while the next guests are on their way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import psutil
import psycopg
from django.db import connection
from django.test import Client
from typing_extensions import override

from bench import clients, journeys, resources, servers
from bench.clients import Answer
from bench.journeys import Guest, Journey
from bench.plan import Plan
from bench.report import Trip
from catalog.models import Product, StockReason, Variant
from catalog.operations.stock import adjust_stock
from checkout.models import ShippingMethod
from marketplace.api.scalars import encode_id
from vendors.models import Vendor

# So many vendors have a variant on sale here; a guest buys of two of them.
VENDORS: Final = 40
PLENTY: Final = 1_000_000
WAYS: Final = (("Parcel", 490), ("Express", 1250))
OPENED_SESSIONS: Final = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"
JOBS_LEFT: Final = """SELECT count(*) FROM procrastinate_jobs
WHERE status IN ('todo', 'doing') AND (scheduled_at IS NULL OR scheduled_at <= now())"""

JOURNEYS: Final[Mapping[str, Journey]] = {
    "create cart + add": journeys.fill_cart,
    "guest checkout": journeys.check_out,
}

# Pairs of global ids of variants, and the SQL of each step of each journey.
Goods = list[list[str]]
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The processes, and what is sold."""

    server: servers.Running
    worker: psutil.Process
    watch: "psycopg.Connection[Any]"
    goods: Goods
    statements: Counts


def prepare() -> Goods:
    """Stock up one variant of each of many vendors, who ship in two ways; pairs of their ids.

    Writes by operations, so that the books of the stock hold.
    """
    variants = _one_of_each_vendor()
    ShippingMethod.objects.bulk_create(
        ShippingMethod(
            vendor=vendor, name=name, price_minor=price, currency=vendor.currency, position=position
        )
        for vendor in Vendor.objects.order_by("pk")
        for position, (name, price) in enumerate(WAYS)
    )
    for variant in variants:
        adjust_stock(variant=variant, delta=PLENTY, reason=StockReason.RECEIVED, actor=None)
    identifiers = [encode_id("Variant", variant.pk) for variant in variants]
    return [
        [first, second]
        for first, second in zip(identifiers, [*identifiers[1:], *identifiers[:1]], strict=True)
    ]


def statements(goods: Goods) -> Counts:
    """The SQL of one journey by step, in this process and through the whole of the middleware."""
    counted = {}
    for name, journey in JOURNEYS.items():
        journey(Guest(transport=InProcess()), goods[0])
        guest = _Counting(transport=InProcess())
        journey(guest, goods[1])
        counted[name] = guest.counts
    return counted


def measure(scene: Scene, name: str, number: int, plan: Plan) -> Trip:
    """Warm up, then let so many guests at once go one journey after the other."""
    journey, port = JOURNEYS[name], scene.server.port

    def drive(seconds: float) -> clients.Outcome:
        return journeys.drive(port, journey, scene.goods, clients_at_once=number, seconds=seconds)

    drive(plan.warm_up)
    observed = resources.Observed(
        server=scene.server.process, database=resources.postmaster(scene.watch), worker=scene.worker
    )
    opened = sessions(scene.watch)
    with observed.usage() as usage:
        outcome = drive(plan.seconds)
    each = 1000 / max(outcome.requests, 1)
    p50, p95 = (clients.percentile(outcome.latencies, percent) * 1000 for percent in (50, 95))
    return Trip(
        journey=name,
        buyers=number,
        journeys=outcome.requests,
        errors=outcome.problems.total(),
        problems=dict(outcome.problems),
        per_second=len(outcome.latencies) / outcome.seconds,
        p50_ms=p50,
        p95_ms=p95,
        steps_p50_ms=_steps(outcome, 50),
        steps_p95_ms=_steps(outcome, 95),
        statements=scene.statements[name],
        application_cpu_ms=usage.application * each,
        worker_cpu_ms=usage.jobs * each,
        database_cpu_ms=None if usage.database is None else usage.database * each,
        jobs_left=_number(scene.watch, JOBS_LEFT),
        others_cores=usage.others / outcome.seconds,
        sessions_opened=sessions(scene.watch) - opened,
    )


def sessions(watch: "psycopg.Connection[Any]") -> int:
    """How many sessions of this database were ever opened."""
    return _number(watch, OPENED_SESSIONS)


class InProcess:
    """Answers in this process, through the whole of the middleware."""

    def __init__(self) -> None:
        self.client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)

    def send(self, path: str, body: bytes, token: str) -> Answer:
        headers = {"X-CSRFToken": token} if token else {}
        response = self.client.post(path, body, content_type="application/json", headers=headers)
        return Answer(status=response.status_code, body=response.content)


@dataclass(kw_only=True)
class _Counting(Guest):
    """Counts the SQL of each step; BEGIN and COMMIT are none."""

    counts: dict[str, int] = field(default_factory=dict)

    @override
    def _sent(self, step: str, path: str, body: bytes) -> Any:
        def count(send: Callable[..., Any], *statement: Any) -> Any:
            self.counts[step] = self.counts.get(step, 0) + 1
            return send(*statement)

        with connection.execute_wrapper(count):
            return super()._sent(step, path, body)


def _one_of_each_vendor() -> list[Variant]:
    """The oldest buyable product's default variant, vendor by vendor."""
    products = Product.objects.buyable().order_by("vendor_id", "pk").distinct("vendor_id")
    return [
        each.default_variant for each in products.select_related("default_variant") if each.default_variant
    ][:VENDORS]


def _steps(outcome: clients.Outcome, percent: float) -> dict[str, float]:
    return {step: clients.percentile(taken, percent) * 1000 for step, taken in outcome.steps.items()}


def _number(watch: "psycopg.Connection[Any]", query: str) -> int:
    (number,) = watch.execute(query.encode()).fetchone() or (0,)
    return int(number)
