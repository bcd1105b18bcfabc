"""kill -9 at each step of a sale: nothing is lost, held by nobody, or doubled.

After each kill the buyer either comes back, and pays one order once, or does not, and leaves no trace in the
stock. What the clock does within a minute is done here at once.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from catalog.models import Variant
from checkout import jobs
from checkout.events import RefundRequested
from checkout.models import Order, Payment, Refund
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from marketplace.gateway.models import SandboxIntent, SandboxRefund
from marketplace.gateway.provider import PaymentProvider
from marketplace.kernel import clock, housekeeping
from marketplace.kernel.events import publish
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, placed, ready_cart
from tests.support.faults import run
from tests.support.outcomes import bought_once, nothing_held
from tests.support.payments import confirm, receive_all
from tests.support.points import Fault
from tests.support.queue import run_queued

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]

LOCKED_CART = ("SELECT", '"checkout_cart"', "FOR NO KEY UPDATE")
# What a web process does when it dies, and where: while an order is placed ...
PLACING = {
    "cart locked": Fault(words=LOCKED_CART, is_after=True),
    "stock reserved": Fault(words=('INSERT INTO "catalog_reservation"',), is_after=True),
    "order written": Fault(words=('INSERT INTO "checkout_payment"',), is_after=True),
    "order committed": Fault(words=('"gateway_',)),
    "payment started": Fault(words=('UPDATE "checkout_payment"', '"provider_ref"')),
    "payment stored": Fault(words=('UPDATE "checkout_payment"', '"provider_ref"'), is_after=True),
}
# ... when the buyer comes back from paying ...
RETURNING = {
    "charged, not looked at": Fault(words=('"gateway_',)),
    "charged, not saved": Fault(words=('UPDATE "checkout_order"', '"payment_state"'), is_after=True),
    "stock sold, not committed": Fault(words=('INSERT INTO "catalog_stockmovement"',), is_after=True),
}
# ... and when a webhook comes in.
HEARING = {
    "webhook received": Fault(words=LOCKED_CART),
    "webhook applied, not committed": Fault(words=("INSERT INTO recommend_purchase",), is_after=True),
    "webhook applied": Fault(words=('UPDATE "gateway_webhookevent"',), values=("applied",)),
}


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """One line for each kill; printed at the end, where tests run in one process (`-n 0`)."""
    lines: list[str] = []
    yield lines
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n| process | killed when | then | orders | paid | on hand | held |", *lines, sep="\n")  # noqa: T201


@pytest.fixture
def tea() -> Variant:
    return buyable(on_hand=5)


def _minute() -> None:
    """What workers and the provider do within a minute of their restart; this process is their next one."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
    housekeeping.retry_jobs_of_dead_workers()
    jobs.resume_what_was_cut_off()
    jobs.expire_due_orders()
    _work()
    receive_all()
    _work()


def _work() -> None:
    # Without a server there is nobody to deliver to; receive_all does that.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE '%deliver_event'")
    run_queued()


def _note(table: list[str], process: str, point: str, then: str) -> None:
    variant = Variant.objects.get()
    paid = Order.objects.filter(payment_state="paid").count()
    facts = (process, point, then, Order.objects.count(), paid, variant.on_hand, variant.reserved)
    table.append("| " + " | ".join(map(str, facts)) + " |")


@pytest.mark.parametrize("point", PLACING)
def test_killed_while_placing_and_the_buyer_comes_back(tea: Variant, table: list[str], point: str) -> None:
    cart = ready_cart(tea)
    assert run("place", PLACING[point], cart=cart.pk, key="one")
    order = place_order(cart=cart, idempotency_key="one")
    confirm(intent_of(order))
    _minute()
    assert bought_once() == {}
    _note(table, "web", point, "comes back")


@pytest.mark.parametrize("point", ["order written", "payment started", "payment stored"])
def test_7_killed_before_or_after_the_providers_answer(
    provider: PaymentProvider, tea: Variant, point: str
) -> None:
    cart = ready_cart(tea)
    assert run("place", PLACING[point], cart=cart.pk, key="one")
    ref = intent_of(place_order(cart=cart, idempotency_key="one")).ref
    confirm(intent_of(Order.objects.get()))
    assert run("settle", RETURNING["charged, not saved"], ref=ref)
    _minute()
    assert (bought_once(), SandboxIntent.objects.get().ref) == ({}, ref)


@pytest.mark.parametrize("point", PLACING)
def test_killed_while_placing_and_the_buyer_is_gone(tea: Variant, table: list[str], point: str) -> None:
    cart = ready_cart(tea)
    assert run("place", PLACING[point], cart=cart.pk, key="one")
    _minute()
    Order.objects.update(expires_at=clock.now())
    _minute()
    assert nothing_held() == {}
    _note(table, "web", point, "is gone")


@pytest.mark.parametrize("point", RETURNING)
@pytest.mark.parametrize("then", ["comes back", "is gone"])
def test_killed_on_the_buyers_return(tea: Variant, table: list[str], point: str, then: str) -> None:
    order = placed(tea)
    ref = intent_of(order).ref
    confirm(intent_of(order))
    assert run("settle", RETURNING[point], ref=ref)
    if then == "comes back":
        settle_payment(provider="sandbox", ref=ref)
    _minute()
    assert bought_once() == {}
    _note(table, "web", point, then)


@pytest.mark.parametrize("point", HEARING)
def test_killed_by_a_webhook_that_comes_again(tea: Variant, table: list[str], point: str) -> None:
    confirm(intent_of(placed(tea)))
    assert run("webhook", HEARING[point])
    _minute()
    assert bought_once() == {}
    _note(table, "web", point, "is gone")


def test_a_worker_killed_while_an_order_expires(tea: Variant, table: list[str]) -> None:
    placed(tea)
    Order.objects.update(expires_at=clock.now())
    jobs.expire_due_orders()
    assert run("worker", Fault(words=LOCKED_CART))
    _minute()
    assert nothing_held() == {}
    _note(table, "worker", "payment closed, order open", "is gone")


def test_a_worker_killed_while_it_resumes_a_payment(tea: Variant, table: list[str]) -> None:
    cart = ready_cart(tea)
    assert run("place", PLACING["order committed"], cart=cart.pk, key="one")
    jobs.resume_what_was_cut_off()
    assert run("worker", PLACING["payment started"])
    _minute()
    confirm(intent_of(Order.objects.get()))
    _minute()
    assert bought_once() == {}
    _note(table, "worker", "payment started", "comes back")


def test_a_worker_killed_while_money_goes_back(tea: Variant, table: list[str]) -> None:
    order = placed(tea)
    confirm(intent_of(order))
    payment = order.payments.get()
    Payment.objects.update(status="succeeded", charge_ref=intent_of(order).charge_ref)
    refund = Refund.objects.create(
        payment=payment, amount_minor=payment.amount_minor, currency=payment.currency, reason="test"
    )
    with transaction.atomic():
        publish(RefundRequested(refund_id=refund.pk))
    assert run("worker", Fault(words=('UPDATE "checkout_refund"',)))
    _minute()
    refund.refresh_from_db()
    assert (refund.status, SandboxRefund.objects.count()) == ("succeeded", 1)
    _note(table, "worker", "refunded, not saved", "is gone")
