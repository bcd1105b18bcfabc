"""What a payment has come to: applied once, forwards only, whoever asks and however often."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.models import Reservation, StockMovement, Variant
from checkout import events
from checkout.errors import PaymentQuarantined
from checkout.models import Cart, Order, Payment, Refund
from checkout.operations.expire import expire_order
from checkout.operations.open_carts import mark_changed
from checkout.operations.place import place_order
from checkout.operations.settle import QUARANTINED, settle_payment
from marketplace.gateway import registry
from marketplace.gateway.errors import UnknownPayment
from marketplace.gateway.models import SandboxIntent
from marketplace.gateway.models.sandbox import IntentState
from marketplace.gateway.provider import Intent, PaymentProvider
from marketplace.gateway.sandbox import intents
from marketplace.kernel import audit, clock
from marketplace.kernel.money import Money
from marketplace.kernel.states import moves_of
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, payment_of, placed, ready_cart
from tests.support.mails import sent
from tests.support.payments import ASKS_BUYER, DECLINED, NO_FUNDS, answer_bank, confirm, opened, receive_all
from tests.support.providers import Elsewhere, named
from tests.support.published import published
from tests.support.queue import run_queued

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _settle(order: Order) -> Order:
    settle_payment(provider=payment_of(order).provider, ref=intent_of(order).ref)
    order.refresh_from_db()
    return order


def _pay(order: Order, number: str = "4242424242424242") -> Order:
    confirm(intent_of(order), number)
    return _settle(order)


def _stock(variant: Variant) -> tuple[int, int]:
    variant.refresh_from_db()
    return variant.on_hand, variant.reserved


def _sold() -> int:
    return -sum(StockMovement.objects.values_list("delta", flat=True))


def test_a_payment_that_succeeded_pays_the_order() -> None:
    tea, mug = buyable(), buyable()
    order = placed(tea, mug, quantity=2)
    with clock.at(NOON), published() as said:
        _pay(order)
    payment = payment_of(order)
    assert (order.payment_state, order.paid_at) == ("paid", NOON)
    assert set(order.vendor_orders.values_list("status", flat=True)) == {"open"}
    assert (payment.status, payment.charge_ref) == ("succeeded", intent_of(order).charge_ref)
    assert (_stock(tea), _stock(mug), _sold()) == ((3, 0), (3, 0), 4)
    assert set(Reservation.objects.values_list("state", flat=True)) == {"consumed"}
    assert Cart.objects.get().status == "paid"
    assert said.count(events.OrderPaid(order_id=order.pk)) == 1


def test_h15_h16_however_often_it_is_told_it_happens_once(provider: PaymentProvider) -> None:
    tea = buyable()
    order = placed(tea)
    with published() as said:
        for _ in range(3):
            _pay(order)
            receive_all()
    assert said.count(events.OrderPaid(order_id=order.pk)) == 1
    assert (_stock(tea), _sold(), moves_of(order).count()) == ((4, 0), 1, 1)
    assert Refund.objects.count() == 0


def test_a_declined_card_leaves_the_order_to_another_one() -> None:
    tea = buyable()
    order = _pay(placed(tea), DECLINED)
    assert (order.payment_state, payment_of(order).decline_code) == ("pending", "generic_decline")
    assert _stock(tea) == (5, 1)
    _pay(order)
    assert (order.payment_state, payment_of(order).decline_code) == ("paid", "")


@pytest.mark.parametrize(("answer", "state"), [("approve", "paid"), ("fail", "pending")])
def test_the_bank_asks_the_buyer(answer: str, state: str) -> None:
    order = _pay(placed(), ASKS_BUYER)
    assert (order.payment_state, payment_of(order).action_url) == ("pending", intent_of(order).action_url)
    answer_bank(intent_of(order), answer)
    _settle(order)
    assert (order.payment_state, payment_of(order).action_url) == (state, "")


def test_each_attempt_gives_more_time_but_not_for_ever() -> None:
    with clock.at(NOON):
        order = placed()
    ends = []
    for minutes in (0, 20, 45, 70, 95, 110):
        with clock.at(NOON + timedelta(minutes=minutes)):
            ends.append(_pay(order, NO_FUNDS).expires_at - NOON)
    assert ends == [timedelta(minutes=minutes) for minutes in (30, 50, 75, 100, 120, 120)]
    assert Reservation.objects.get().expires_at == order.expires_at


def test_looking_without_an_attempt_gives_no_time() -> None:
    with clock.at(NOON):
        order = placed()
    with clock.at(NOON + timedelta(minutes=20)):
        assert _settle(order).expires_at == NOON + timedelta(minutes=30)


def test_a_payment_under_way_holds_the_stock_for_as_long_as_banks_take() -> None:
    tea = buyable()
    with clock.at(NOON):
        order = placed(tea)
        intents.hold(intent_of(order).ref)
        _pay(order)
    assert (order.payment_state, payment_of(order).status) == ("processing", "processing")
    assert order.expires_at == Reservation.objects.get().expires_at == NOON + timedelta(days=14)
    intents.finish(intent_of(order).ref)
    assert (_settle(order).payment_state, _stock(tea)) == ("paid", (4, 0))


def test_a_payment_cancelled_by_the_provider_ends_the_order() -> None:
    tea = buyable()
    order = placed(tea)
    registry.default().cancel_payment(intent_of(order).ref, key="pic:theirs:v1")
    _settle(order)
    assert (order.payment_state, payment_of(order).status, _stock(tea)) == ("expired", "cancelled", (5, 0))
    assert Cart.objects.get().status == "active"


def test_what_is_not_stored_is_unknown() -> None:
    with pytest.raises(UnknownPayment):
        settle_payment(provider="sandbox", ref="pi_nobody")
    with pytest.raises(UnknownPayment):
        settle_payment(provider="sandbox", ref=opened(order="X", payment="no uuid").ref)


def test_h18_a_payment_whose_start_was_cut_off_is_known_by_its_mark(provider: PaymentProvider) -> None:
    order = placed()
    intent = intent_of(order)
    Payment.objects.update(provider_ref="", client_secret="")
    confirm(intent)
    receive_all()
    order.refresh_from_db()
    assert (order.payment_state, payment_of(order).provider_ref) == ("paid", intent.ref)
    assert SandboxIntent.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Money(1, "EUR")},
        {"amount": Money(1490, "USD")},
        {"metadata": {}},
        {"metadata": {"order": "another"}},
    ],
)
def test_a_payment_that_does_not_match_is_kept_apart(settings: Settings, change: dict[str, object]) -> None:
    settings.PAYMENT_PROVIDERS = named(Elsewhere)
    tea = buyable()
    order = placed(tea)
    payment = payment_of(order)
    told: Intent = Elsewhere.payments[payment.provider_ref]
    Elsewhere.payments[payment.provider_ref] = replace(told, **change)  # type: ignore[arg-type]  # columns of it
    for _ in range(2):
        with pytest.raises(PaymentQuarantined):
            settle_payment(provider="sandbox", ref=payment.provider_ref)
    order.refresh_from_db()
    assert (order.payment_state, payment_of(order).status, _stock(tea)) == ("pending", "open", (5, 1))
    assert audit.entries_of(payment).filter(action=QUARANTINED).count() == 1


def test_h17_a_second_payment_of_an_order_is_kept_apart() -> None:
    order = placed()
    other = opened(order.total_minor, order=order.number, payment=str(payment_of(order).uuid))
    with pytest.raises(PaymentQuarantined):
        settle_payment(provider="sandbox", ref=other.ref)
    assert payment_of(order).provider_ref == intent_of(order).ref != other.ref


def _paid_after_all(order: Order) -> None:
    """The buyer's payment arrives though the order has ended: the provider did not close it in time."""
    SandboxIntent.objects.filter(ref=payment_of(order).provider_ref).update(
        status=IntentState.REQUIRES_METHOD
    )
    _pay(order)


def _expire(order: Order) -> None:
    with clock.at(order.expires_at):
        expire_order(order_id=order.pk)
    order.refresh_from_db()
    assert order.payment_state == "expired"


def test_h14_paid_too_late_is_kept_while_the_stock_is_still_there(provider: PaymentProvider) -> None:
    tea = buyable(on_hand=2)
    order = placed(tea, quantity=2)
    _expire(order)
    assert _stock(tea) == (2, 0)
    _paid_after_all(order)
    assert (order.payment_state, _stock(tea), _sold()) == ("paid", (0, 0), 2)
    assert set(order.vendor_orders.values_list("status", flat=True)) == {"open"}
    assert (Refund.objects.count(), Cart.objects.get().status) == (0, "paid")


def test_h14_paid_too_late_goes_back_when_another_has_bought(provider: PaymentProvider) -> None:
    tea = buyable(on_hand=2)
    order = placed(tea, quantity=2)
    _expire(order)
    other = _pay(placed(tea))
    with published() as said:
        _paid_after_all(order)
    assert (order.payment_state, other.payment_state, _stock(tea), _sold()) == (
        "cancelled",
        "paid",
        (1, 0),
        1,
    )
    refund = Refund.objects.get()
    assert said == [events.RefundRequested(refund_id=refund.pk)]
    told = [message.subject for message in sent() if message.to == [order.email]]
    assert told[0] == f"Your payment for {order.number} came too late"
    assert [subject for subject in told if subject.startswith("Your order")] == []
    refund.refresh_from_db()
    payment = payment_of(order)
    assert (refund.status, refund.amount_minor, refund.reason) == (
        "succeeded",
        payment.amount_minor,
        "order expired",
    )
    assert (payment.status, payment.refunded_minor) == ("succeeded", payment.amount_minor)


def test_paid_too_late_goes_back_when_the_cart_has_gone_on(provider: PaymentProvider) -> None:
    order = placed(buyable())
    _expire(order)
    mark_changed(Cart.objects.get())
    _paid_after_all(order)
    assert (order.payment_state, Refund.objects.count()) == ("cancelled", 1)


def test_r30_of_two_orders_of_a_cart_one_is_paid(provider: PaymentProvider) -> None:
    tea = buyable()
    cart = ready_cart(tea)
    old = place_order(cart=cart)
    confirm(intent_of(old))
    cart.refresh_from_db()
    mark_changed(cart)
    new = place_order(cart=cart)
    run_queued()
    receive_all()
    run_queued()
    old.refresh_from_db()
    assert (old.payment_state, payment_of(old).status) == ("superseded", "succeeded")
    assert Refund.objects.values_list("payment__order", "status").get() == (old.pk, "succeeded")
    assert (_pay(new).payment_state, _stock(tea), _sold()) == ("paid", (4, 0), 1)


@pytest.mark.parametrize("vendors", [1, 2, 4])
def test_settling_costs_the_same_for_any_number_of_vendors(
    vendors: int, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.PAYMENT_PROVIDERS = named(Elsewhere)
    settings.SUBSCRIPTIONS = "tests.support.published.NOTHING_FOLLOWS"
    order = placed(*(buyable(on_hand=100) for _ in range(vendors)))
    ref = payment_of(order).provider_ref
    # Two of them are the savepoint that stands for the transaction inside the test's own.
    with django_assert_num_queries(6):
        settle_payment(provider="sandbox", ref=ref)
