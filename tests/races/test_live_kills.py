"""kill -9 of a running shop: the production server, a worker, and a buyer who speaks HTTP.

Web server or worker, whole process groups, die while the web server stands at a step of a sale; who died is
started again, and nobody helps: within MOST_SECONDS of the blow, jobs run by the clock as they do, nothing is
lost, held by nobody, or doubled.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from catalog.models import Variant
from checkout.models import Order
from marketplace.gateway.models import SandboxEvent, SandboxNetwork
from marketplace.kernel import clock
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.support.checkout import confirm, fill, place
from tests.support.live import Browser, Shop, shop
from tests.support.outcomes import bought_once, nothing_held
from tests.support.points import Fault

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]

MOST_SECONDS = 60
# Longer than any recovery took when this was written.
LONG_SECONDS = 50
ALL = 1_000_000

LOCKED_CART = ("SELECT", '"checkout_cart"', "FOR NO KEY UPDATE")
PAID = Fault(words=('UPDATE "checkout_order"', '"payment_state"'), is_after=True)
STORED = Fault(words=('UPDATE "checkout_payment"', '"provider_ref"'))
PLACING = {
    "cart locked": Fault(words=LOCKED_CART, is_after=True),
    "stock reserved": Fault(words=('INSERT INTO "catalog_reservation"',), is_after=True),
    "order written": Fault(words=('INSERT INTO "checkout_payment"',), is_after=True),
    "payment started": STORED,
}
HEARING = {
    "webhook received": Fault(words=LOCKED_CART),
    "applied": Fault(words=('UPDATE "gateway_webhookevent"',), values=("applied",)),
}
WORKING = {
    "webhook sent, not noted": Fault(words=('UPDATE "gateway_sandboxevent"', '"last_answer"')),
}


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """One line for each kill; printed at the end, where tests run in one process (`-n 0`)."""
    lines: list[str] = []
    yield lines
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n| step | killed | the buyer | seconds to recovery |", *lines, sep="\n")  # noqa: T201


@pytest.fixture
def running(tmp_path: Path, transactional_db: None) -> Iterator[Shop]:
    """A shop that sells five teas."""
    tea = buyable(on_hand=5)
    ShippingMethodFactory.create(vendor=tea.vendor)
    with shop(tmp_path) as opened:
        yield opened


@pytest.fixture
def buyer(running: Shop) -> Iterator[Browser]:
    """Somebody with everything ready to order one tea."""
    browser = Browser(running.address)
    fill(browser, Variant.objects.get())
    yield browser
    browser.http.close()


class Death:
    """A blow that is to fall, and how long its traces stay."""

    def __init__(self, running: Shop, fault: Fault, *, where: str, victim: str) -> None:
        self.running, self.victim = running, victim
        self.workers = set(ProcrastinateWorker.objects.values_list("pk", flat=True))
        running.order(fault, where=where, victim=victim)

    def strike(self, act: Callable[[], object]) -> None:
        """Do what brings a process to the point; start who died again."""
        try:
            act()
        except httpx.TransportError:
            assert self.victim == "web"
        self.running.wait_for_the_blow(self.victim)
        self.struck_at = time.monotonic()
        self.running.start(self.victim)

    def seconds(self, faults: Callable[[], dict[str, object]], *, are_lost: bool = False) -> float:
        """How long it took until everything was right; at most MOST_SECONDS."""
        while wrong := {**faults(), **self._loose_ends(are_lost=are_lost)}:
            assert time.monotonic() - self.struck_at < MOST_SECONDS, wrong
            time.sleep(0.2)
        return time.monotonic() - self.struck_at

    def _loose_ends(self, *, are_lost: bool) -> dict[str, object]:
        """What still hangs on the dead: jobs that a dead worker does, events that nobody was told of."""
        doing = ProcrastinateJob.objects.filter(status="doing").values_list("task_name", "worker_id")
        dead = self.workers if self.victim == "worker" else set()
        told = SandboxEvent.objects.filter(delivered_at__isnull=True).count()
        ends = {
            "jobs of the dead": [name for name, worker in doing if worker is None or worker in dead],
            "events": 0 if are_lost else told,
        }
        return {name: value for name, value in ends.items() if value}


def _note(table: list[str], *facts: str, seconds: float) -> None:
    table.append("| " + " | ".join([*facts, f"{seconds:.1f}"]) + " |")


@pytest.mark.parametrize("victim", ["web", "worker"])
@pytest.mark.parametrize("point", PLACING)
def test_killed_while_placing_and_the_buyer_comes_back(
    running: Shop, buyer: Browser, table: list[str], point: str, victim: str
) -> None:
    death = Death(running, PLACING[point], where="web", victim=victim)
    death.strike(lambda: place(buyer, idempotencyKey="one"))
    running.wait_until_ready()
    placed = place(buyer, idempotencyKey="one")
    assert buyer.pay(placed) == 200
    _note(table, point, victim, "comes back", seconds=death.seconds(bought_once))


@pytest.mark.parametrize("victim", ["web", "worker"])
@pytest.mark.parametrize("point", PLACING)
def test_killed_while_placing_and_the_buyer_is_gone(
    running: Shop, buyer: Browser, table: list[str], point: str, victim: str
) -> None:
    death = Death(running, PLACING[point], where="web", victim=victim)
    death.strike(lambda: place(buyer, idempotencyKey="one"))
    # The half hour that an order waits for its payment is over.
    Order.objects.update(expires_at=clock.now())
    _note(table, point, victim, "is gone", seconds=death.seconds(nothing_held))


@pytest.mark.parametrize("victim", ["web", "worker"])
def test_killed_when_the_buyer_returns_and_no_webhook_ever_comes(
    running: Shop, buyer: Browser, table: list[str], victim: str
) -> None:
    SandboxNetwork.objects.create(pk=1, drops=ALL)
    placed = place(buyer)
    death = Death(running, PAID, where="web", victim=victim)
    assert buyer.pay(placed) == 200
    death.strike(lambda: confirm(buyer, placed))
    seconds = death.seconds(bought_once, are_lost=True)
    _note(table, "charged, not saved", victim, "is gone", seconds=seconds)


@pytest.mark.parametrize("victim", ["web", "worker"])
@pytest.mark.parametrize("point", HEARING)
def test_killed_by_a_webhook(
    running: Shop, buyer: Browser, table: list[str], point: str, victim: str
) -> None:
    placed = place(buyer)
    death = Death(running, HEARING[point], where="web", victim=victim)
    death.strike(lambda: buyer.pay(placed))
    _note(table, point, victim, "is gone", seconds=death.seconds(bought_once))


@pytest.mark.parametrize("point", WORKING)
def test_killed_in_the_workers_own_work(running: Shop, buyer: Browser, table: list[str], point: str) -> None:
    placed = place(buyer)
    death = Death(running, WORKING[point], where="worker", victim="worker")
    death.strike(lambda: buyer.pay(placed))
    _note(table, point, "worker", "is gone", seconds=death.seconds(bought_once))


def test_killed_while_the_worker_asks_the_provider(running: Shop, buyer: Browser, table: list[str]) -> None:
    SandboxNetwork.objects.create(pk=1, drops=ALL)
    placed = place(buyer)
    death = Death(running, PAID, where="worker", victim="worker")
    death.strike(lambda: buyer.pay(placed))
    seconds = death.seconds(bought_once, are_lost=True)
    _note(table, "asked for, not saved", "worker", "is gone", seconds=seconds)


def test_without_any_webhook_an_order_is_paid_by_asking(
    running: Shop, buyer: Browser, table: list[str]
) -> None:
    SandboxNetwork.objects.create(pk=1, drops=ALL)
    placed = place(buyer)
    begun = time.monotonic()
    assert buyer.pay(placed) == 200
    while wrong := bought_once():
        assert time.monotonic() - begun < MOST_SECONDS, wrong
        time.sleep(0.2)
    _note(table, "paid, all webhooks lost", "nobody", "is gone", seconds=time.monotonic() - begun)


def test_control_without_a_worker_nothing_recovers(running: Shop, buyer: Browser) -> None:
    SandboxNetwork.objects.create(pk=1, drops=ALL)
    placed = place(buyer)
    running.kill("worker")
    assert buyer.pay(placed) == 200
    time.sleep(LONG_SECONDS)
    assert set(bought_once()) == {
        "stock",
        "movements",
        "held",
        "orders",
        "vendor orders",
        "payments",
        "carts",
        "ledger",
    }
