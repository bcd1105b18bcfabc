"""Checkouts under simultaneous hands: each race beside what it would be without its guard."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.models import QuerySet, Sum
from psycopg_pool import ConnectionPool
from pytest_django import Settings
from typing_extensions import override

from catalog.errors import OutOfStock
from catalog.models import Reservation, StockMovement, Variant
from catalog.operations import reservations
from checkout.models import Cart, Order, Payment, Refund
from checkout.operations import place, settle
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from marketplace.gateway.models import SandboxCharge, SandboxIntent
from marketplace.gateway.provider import Intent, PaymentProvider
from marketplace.gateway.sandbox.provider import SandboxProvider
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.locking import lock
from marketplace.kernel.states import moves_of
from payouts.models import LedgerTransaction
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, placed, ready_cart
from tests.support.payments import confirm, receive_all
from tests.support.providers import named
from tests.support.races import at_once
from tests.support.unlocked import read_before_either_writes

pytestmark = pytest.mark.django_db(transaction=True)


def _stock(variant: Variant) -> tuple[int, int]:
    variant.refresh_from_db()
    return variant.on_hand, variant.reserved


def _held() -> int:
    total: int = Reservation.objects.filter(state="held").aggregate(sum=Sum("quantity", default=0))["sum"]
    return total


def _kinds(outcomes: Any) -> Counter[type]:
    return Counter(map(type, outcomes))


def _pay(order: Order) -> None:
    confirm(intent_of(order))
    settle_payment(provider="sandbox", ref=intent_of(order).ref)


def test_h12_fifty_buyers_of_the_last_ten() -> None:
    tea = buyable(on_hand=10)
    carts = [ready_cart(tea) for _ in range(50)]
    outcomes = at_once(*(lambda cart=cart: place_order(cart=cart) for cart in carts))
    assert _kinds(outcomes) == {Order: 10, OutOfStock: 40}
    assert (_stock(tea), _held()) == ((10, 10), 10)
    for order in outcomes:
        if isinstance(order, Order):
            _pay(order)
    assert (_stock(tea), StockMovement.objects.count(), Payment.objects.count()) == ((0, 0), 10, 10)


def test_without_the_lock_the_last_one_is_promised_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    tea = buyable(on_hand=1)
    carts = [ready_cart(tea) for _ in range(2)]
    both_have_read = threading.Barrier(2)

    def read(queryset: QuerySet[Any]) -> list[Any]:
        rows = list(queryset)
        if queryset.model is Variant:
            both_have_read.wait(timeout=10)
        return rows

    monkeypatch.setattr(reservations, "lock", read)
    outcomes = at_once(*(lambda cart=cart: place_order(cart=cart) for cart in carts))
    assert _kinds(outcomes) == {Order: 2}
    assert (_stock(tea), _held()) == ((1, 1), 2)


def test_crossing_carts_do_not_wait_for_each_other() -> None:
    tea, mug = buyable(on_hand=100), buyable(on_hand=100)
    for _ in range(10):
        pairs = [ready_cart(tea, mug), ready_cart(mug, tea)] * 2
        carts = [*pairs[:2], ready_cart(tea, mug), ready_cart(mug, tea)]
        outcomes = at_once(*(lambda cart=cart: place_order(cart=cart) for cart in carts))
        assert _kinds(outcomes) == {Order: 4}
    assert (_stock(tea), _stock(mug)) == ((100, 40), (100, 40))


@pytest.mark.unwatched
def test_locked_in_the_order_of_the_cart_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    tea, mug = buyable(on_hand=100), buyable(on_hand=100)
    carts = [ready_cart(tea, mug), ready_cart(mug, tea)]
    both_hold_one = threading.Barrier(2)

    def lock_in_turn(queryset: QuerySet[Any]) -> list[Any]:
        if queryset.model is not Variant:
            return lock(queryset)
        first = next(turns)
        held = list(Variant.objects.filter(pk=first.pk).select_for_update())
        both_hold_one.wait(timeout=10)
        return held + list(queryset.exclude(pk=first.pk).select_for_update(of=("self",)))

    turns: Iterator[Variant] = iter([tea, mug])
    monkeypatch.setattr(reservations, "lock", lock_in_turn)
    outcomes = at_once(*(lambda cart=cart: place_order(cart=cart) for cart in carts))
    assert _kinds(outcomes) == {Order: 1, OperationalError: 1}
    assert "deadlock detected" in str(next(each for each in outcomes if isinstance(each, Exception)))


def test_6_h18_twenty_times_the_same_request_is_one_order_and_one_charge(provider: PaymentProvider) -> None:
    tea = buyable()
    cart = ready_cart(tea)
    outcomes = at_once(*[lambda: place_order(cart=cart, idempotency_key="one")] * 20)
    assert {each.pk for each in outcomes if isinstance(each, Order)} == {Order.objects.get().pk}
    assert _kinds(outcomes) == {Order: 20}
    assert (_stock(tea), Payment.objects.count(), SandboxIntent.objects.count()) == ((5, 1), 1, 1)
    intent = intent_of(Order.objects.get())
    assert Counter(at_once(*[lambda: confirm(intent).status_code] * 4)) == {200: 1, 409: 3}
    settle_payment(provider=provider.name, ref=intent.ref)
    assert (Order.objects.get().payment_state, SandboxCharge.objects.count()) == ("paid", 1)


@pytest.mark.parametrize("key", ["one", None])
def test_without_the_carts_lock_the_second_request_fails(
    monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    tea = buyable()
    cart = ready_cart(tea)
    read = read_before_either_writes()
    monkeypatch.setattr(place, "lock", lambda queryset: [read(queryset)])
    outcomes = at_once(*[lambda: place_order(cart=cart, idempotency_key=key)] * 2)
    assert _kinds(outcomes) == {Order: 1, IntegrityError: 1}
    assert (_stock(tea), Order.objects.count()) == ((5, 1), 1)


def test_an_order_settled_four_times_at_once_is_paid_once() -> None:
    tea = buyable()
    order = placed(tea)
    intent = intent_of(order)
    confirm(intent)
    outcomes = at_once(*[lambda: settle_payment(provider="sandbox", ref=intent.ref)] * 4)
    assert outcomes == [None] * 4
    _assert_paid_once(order, tea)


def test_without_the_carts_lock_the_moves_still_happen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tea = buyable()
    order = placed(tea)
    intent = intent_of(order)
    confirm(intent)
    monkeypatch.setattr(settle, "lock_one", read_before_either_writes())
    outcomes = at_once(*[lambda: settle_payment(provider="sandbox", ref=intent.ref)] * 2)
    # The row of stock, or the move of the order, does not let the second one through.
    assert _kinds(outcomes) in ({type(None): 1, IntegrityError: 1}, {type(None): 1, TransitionNotAllowed: 1})
    _assert_paid_once(order, tea)


def _settle(order: Order) -> Callable[[], object]:
    return lambda: settle_payment(provider="sandbox", ref=intent_of(order).ref)


@pytest.mark.parametrize("first", ["webhook", "return", "both"])
def test_h15_the_webhook_and_the_buyers_return_in_any_order(first: str) -> None:
    tea = buyable()
    order = placed(tea)
    confirm(intent_of(order))
    ways: dict[str, tuple[Callable[[], object], ...]] = {
        "webhook": (receive_all, _settle(order)),
        "return": (_settle(order), receive_all),
    }
    outcomes = at_once(*ways["webhook"]) if first == "both" else [way() for way in ways[first]]
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    _assert_paid_once(order, tea)


def _assert_paid_once(order: Order, variant: Variant) -> None:
    order.refresh_from_db()
    assert (order.payment_state, moves_of(order).count(), Cart.objects.get().status) == ("paid", 1, "paid")
    assert (_stock(variant), StockMovement.objects.count(), Refund.objects.count()) == ((4, 0), 1, 0)
    assert LedgerTransaction.objects.count() == 1


class Detached(SandboxProvider):
    """Asks through a connection of its own, while its caller waits with another."""

    @override
    def get_payment(self, ref: str) -> Intent:
        def ask() -> Intent:
            try:
                return SandboxProvider.get_payment(self, ref)
            finally:
                connection.close()

        Order.objects.exists()
        with ThreadPoolExecutor(1) as other:
            return other.submit(ask).result()


@pytest.fixture
def small_pool(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ten connections for all threads that begin from here; who waits longer than this gets none."""
    database = connections.settings["default"]
    options = {"min_size": 0, "max_size": 10, "timeout": request.param}
    monkeypatch.setitem(database, "CONN_MAX_AGE", 0)
    monkeypatch.setitem(database, "OPTIONS", {**database["OPTIONS"], "pool": options})
    pools: dict[str, ConnectionPool] = {}
    monkeypatch.setattr(DatabaseWrapper, "_connection_pools", pools)
    yield
    for pool in pools.values():
        pool.close()


def _checkouts(count: int) -> list[object]:
    tea, mug = buyable(on_hand=1000), buyable(on_hand=1000)
    carts = [ready_cart(tea, mug) for _ in range(count)]

    def check_out(cart: Cart) -> object:
        try:
            _pay(place_order(cart=cart))
        except Exception as raised:  # noqa: BLE001  # whatever it is, it is the outcome
            return type(raised)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(check_out, carts))


@pytest.mark.parametrize("small_pool", [1], indirect=True)
@pytest.mark.usefixtures("small_pool")
def test_with_two_connections_each_they_would_hang(settings: Settings) -> None:
    settings.PAYMENT_PROVIDERS = named(Detached)
    assert OperationalError in _checkouts(12)


@pytest.mark.parametrize("small_pool", [30], indirect=True)
@pytest.mark.usefixtures("small_pool")
def test_sixty_four_checkouts_at_once_on_ten_connections() -> None:
    assert _checkouts(64) == [None] * 64
    assert Counter(Order.objects.values_list("payment_state", flat=True)) == {"paid": 64}
