"""From the cart to an order: complete, priced once, its stock held, its payment opened."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.errors import OutOfStock
from catalog.models import ProductStatus, Reservation, Variant
from checkout.errors import CheckoutIncomplete, NotForSale, PaymentRefused, PaymentUnderWay, PriceChanged
from checkout.models import Cart, CartLine, Order, OrderLine, Payment, VendorOrder
from checkout.operations.open_carts import mark_changed
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from marketplace.gateway.models import SandboxIntent
from marketplace.gateway.provider import IntentStatus, PaymentProvider
from marketplace.gateway.sandbox import intents
from marketplace.kernel import clock
from marketplace.kernel.errors import IdempotencyKeyReused
from marketplace.kernel.money import Money
from tests.factories.checkout import CartLineFactory, ShippingMethodFactory, buyable
from tests.factories.orders import intent_of, payment_of, placed, ready_cart
from tests.support.payments import confirm
from tests.support.providers import Choosy, Elsewhere, Silent, named
from tests.support.queue import queued, run_queued
from vendors.models import PolicyKind
from vendors.operations.declarations import publish_policy

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _change(cart: Cart, quantity: int | None = None) -> Cart:
    """The buyer goes on filling the cart."""
    cart.refresh_from_db()
    if quantity:
        CartLine.objects.filter(cart=cart).update(quantity=quantity, asked=quantity)
    mark_changed(cart)
    return cart


def _stock(*variants: Variant) -> list[tuple[int, int]]:
    rows = Variant.objects.in_bulk([variant.pk for variant in variants])
    return [(rows[variant.pk].on_hand, rows[variant.pk].reserved) for variant in variants]


def _nothing_happened() -> bool:
    return not any(model.objects.exists() for model in (Order, VendorOrder, OrderLine, Payment, Reservation))


def test_an_order_has_a_part_for_each_vendor_and_adds_up() -> None:
    tea, mug = buyable(price_minor=1001), buyable(price_minor=2002)
    with clock.at(NOON):
        order = placed(tea, mug, quantity=2)
    parts = list(order.vendor_orders.all())
    assert [(part.number, part.vendor_id, part.subtotal_minor, part.shipping_minor) for part in parts] == [
        (f"{order.number}-1", tea.vendor_id, 2002, 490),
        (f"{order.number}-2", mug.vendor_id, 4004, 490),
    ]
    assert order.total == Money(2002 + 4004 + 2 * 490, "EUR")
    assert sum(part.total_minor for part in parts) == order.total_minor == payment_of(order).amount_minor
    assert (order.payment_state, order.placed_at, order.expires_at, order.paid_at) == (
        "pending",
        NOON,
        NOON + timedelta(minutes=30),
        None,
    )
    assert {part.status for part in parts} == {"pending"}


def test_the_lines_and_addresses_are_copies() -> None:
    cart = ready_cart(buyable(price_minor=700), quantity=3)
    CartLine.objects.update(characteristics={"engraving": "Ada"})
    order = place_order(cart=cart)
    line = OrderLine.objects.get()
    variant = line.variant
    assert (line.title, line.sku, line.quantity, line.unit_price_minor, line.amount_minor) == (
        variant.product.title,
        variant.sku,
        3,
        700,
        2100,
    )
    assert line.characteristics == {"engraving": "Ada"}
    assert (order.shipping_address["line1"], order.billing_address["line1"]) == (
        "Unter den Linden 1",
        "Am Ufer 2",
    )
    assert order.email == cart.email


def test_the_stock_is_held_and_the_payment_open() -> None:
    tea = buyable(on_hand=2)
    order = placed(tea, quantity=2)
    assert _stock(tea) == [(2, 2)]
    assert list(Reservation.objects.values_list("holder", "quantity", "expires_at")) == [
        (order.holder, 2, order.expires_at)
    ]
    payment, intent = payment_of(order), intent_of(order)
    assert (payment.status, payment.provider_ref, payment.client_secret) == (
        "open",
        intent.ref,
        intent.client_secret,
    )
    assert (intent.amount, intent.metadata["order"]) == (order.total, order.number)
    assert Cart.objects.get().status == "active"


def test_all_that_is_missing_is_named() -> None:
    cart = ready_cart(buyable())
    ShippingMethodFactory.create(vendor=CartLine.objects.get().variant.vendor)
    cart.billing_profile, cart.email, cart.billing_address = None, "", None
    cart.save()
    vendor = CartLine.objects.get().variant.vendor
    with pytest.raises(CheckoutIncomplete) as caught:
        place_order(cart=cart)
    assert caught.value.missing == f"a contact, a billing address, a way to ship what {vendor.name} sells"
    assert _nothing_happened()


def test_an_empty_cart_and_one_that_has_served_are_not_ordered() -> None:
    cart = ready_cart(buyable())
    CartLine.objects.all().delete()
    for status in ("active", "paid"):
        Cart.objects.update(status=status)
        with pytest.raises(CheckoutIncomplete) as caught:
            place_order(cart=cart)
        assert caught.value.missing == "something in the cart"
    assert _nothing_happened()


def test_what_is_not_for_sale_is_named() -> None:
    tea, mug = buyable(), buyable()
    cart = ready_cart(tea, mug)
    mug.product.status = ProductStatus.ARCHIVED
    mug.product.save()
    with pytest.raises(NotForSale) as caught:
        place_order(cart=cart)
    assert caught.value.title == mug.product.title
    assert _nothing_happened()


def test_h13_two_lines_of_a_variant_share_its_stock() -> None:
    mug = buyable(on_hand=1)
    cart = ready_cart(mug)
    CartLineFactory.create(cart=cart, variant=mug, characteristics={"engraving": "x"})
    with pytest.raises(OutOfStock) as caught:
        place_order(cart=cart)
    assert [(each.asked, each.left) for each in caught.value.shortages] == [(2, 1)]
    assert _nothing_happened()
    assert _stock(mug) == [(1, 0)]


def test_h27_a_rise_is_agreed_to_or_nothing_is_ordered() -> None:
    tea = buyable(price_minor=1000)
    cart = ready_cart(tea)
    Variant.objects.update(price_minor=1500)
    with pytest.raises(PriceChanged) as caught:
        place_order(cart=cart, expected_total=Money(1490, "EUR"))
    assert caught.value.total == Money(1990, "EUR")
    assert _nothing_happened()
    assert place_order(cart=cart, expected_total=Money(1990, "EUR")).total_minor == 1990


def test_h27_a_fall_is_the_buyers() -> None:
    tea = buyable(price_minor=1000)
    cart = ready_cart(tea)
    Variant.objects.update(price_minor=800)
    assert place_order(cart=cart, expected_total=Money(1490, "EUR")).total_minor == 1290


def test_without_a_change_the_open_order_is_answered() -> None:
    cart = ready_cart(buyable())
    first = place_order(cart=cart)
    assert place_order(cart=cart) == first
    assert (Order.objects.count(), Payment.objects.count(), Reservation.objects.count()) == (1, 1, 1)


def test_a_key_is_an_order_whatever_became_of_it() -> None:
    cart = ready_cart(buyable())
    first = place_order(cart=cart, idempotency_key="a")
    Order.objects.update(payment_state="expired")
    assert place_order(cart=cart, idempotency_key="a") == first
    _change(cart)
    with pytest.raises(IdempotencyKeyReused):
        place_order(cart=cart, idempotency_key="a")
    assert Order.objects.count() == 1


def test_r30_a_changed_cart_makes_a_new_order_of_the_old_ones_stock(provider: PaymentProvider) -> None:
    tea = buyable(on_hand=3)
    cart = ready_cart(tea, quantity=2)
    old = place_order(cart=cart)
    new = place_order(cart=_change(cart, quantity=3))
    old.refresh_from_db()
    assert (old.payment_state, new.payment_state) == ("superseded", "pending")
    assert set(old.vendor_orders.values_list("status", flat=True)) == {"cancelled"}
    assert _stock(tea) == [(3, 3)]
    assert dict(Reservation.objects.values_list("holder", "state")) == {
        old.holder: "released",
        new.holder: "held",
    }
    assert ("stop_payments", {"order_id": old.pk}) in queued()
    run_queued()
    assert (payment_of(old).status, intent_of(old).status) == ("cancelled", IntentStatus.CANCELED)
    assert (payment_of(new).status, intent_of(new).status) == ("open", IntentStatus.REQUIRES_METHOD)


def test_r30_a_change_that_cannot_be_had_leaves_the_old_order() -> None:
    tea = buyable(on_hand=3)
    cart = ready_cart(tea, quantity=2)
    old = place_order(cart=cart)
    with pytest.raises(OutOfStock):
        place_order(cart=_change(cart, quantity=4))
    old.refresh_from_db()
    assert (old.payment_state, Order.objects.count(), _stock(tea)) == ("pending", 1, [(3, 2)])


def test_an_order_whose_time_is_over_is_not_answered_again() -> None:
    cart = ready_cart(buyable())
    with clock.at(NOON):
        old = place_order(cart=cart)
    with clock.at(NOON + timedelta(minutes=30)):
        new = place_order(cart=cart)
    old.refresh_from_db()
    assert (old.payment_state, new.payment_state) == ("superseded", "pending")


def test_while_a_payment_is_under_way_nothing_new_is_ordered() -> None:
    cart = ready_cart(buyable())
    order = place_order(cart=cart)
    intents.hold(intent_of(order).ref)
    confirm(intent_of(order))
    settle_payment(provider="sandbox", ref=intent_of(order).ref)
    with pytest.raises(PaymentUnderWay):
        place_order(cart=_change(cart))
    assert Order.objects.count() == 1


def test_h33_nothing_to_pay_is_paid_without_a_provider() -> None:
    tea = buyable(price_minor=0, on_hand=2)
    order = place_order(cart=ready_cart(tea, ships=0))
    order.refresh_from_db()
    assert (order.payment_state, order.total_minor, Payment.objects.count()) == ("paid", 0, 0)
    assert (_stock(tea), Cart.objects.get().status) == ([(1, 0)], "paid")


def test_without_an_answer_the_order_stands(settings: Settings) -> None:
    sandbox = settings.PAYMENT_PROVIDERS
    settings.PAYMENT_PROVIDERS = named(Silent)
    order = placed()
    assert (order.payment_state, payment_of(order).provider_ref) == ("pending", "")
    settings.PAYMENT_PROVIDERS = sandbox
    again = place_order(cart=Cart.objects.get())
    assert (again, payment_of(order).provider_ref != "") == (order, True)
    assert SandboxIntent.objects.count() == 1


def test_a_payment_that_is_refused_gives_everything_back(settings: Settings) -> None:
    settings.PAYMENT_PROVIDERS = named(Choosy)
    tea = buyable(on_hand=2)
    with pytest.raises(PaymentRefused) as caught:
        placed(tea)
    assert caught.value.code_of_provider == "amount_too_small"
    order = Order.objects.get()
    assert (order.payment_state, payment_of(order).status) == ("cancelled", "cancelled")
    assert (_stock(tea), Cart.objects.get().status) == ([(2, 0)], "active")


def test_the_same_key_is_refused_for_the_same_reason(settings: Settings) -> None:
    settings.PAYMENT_PROVIDERS = named(Choosy)
    cart = ready_cart(buyable())
    for _ in range(2):
        with pytest.raises(PaymentRefused) as caught:
            place_order(cart=cart, idempotency_key="one")
        assert caught.value.code_of_provider == "amount_too_small"
    assert Order.objects.count() == 1


@pytest.mark.parametrize("vendors", [1, 2, 4])
def test_placing_costs_the_same_for_any_number_of_vendors(
    vendors: int, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.PAYMENT_PROVIDERS = named(Elsewhere)
    cart = ready_cart(*(buyable(on_hand=100) for _ in range(vendors)))
    # Two of them are the savepoint that stands for the transaction inside the test's own.
    with django_assert_num_queries(8):
        place_order(cart=cart)


def test_an_order_keeps_the_policies_it_was_placed_under() -> None:
    tea, mug = buyable(), buyable()
    for text in ("Thirty days.", "Fourteen days."):
        publish_policy(vendor=tea.vendor, kind=PolicyKind.RETURNS, text=text, actor=None)
    order = placed(tea, mug)
    publish_policy(vendor=tea.vendor, kind=PolicyKind.RETURNS, text="No returns.", actor=None)
    of_tea, of_mug = order.vendor_orders.all()
    assert [(each.text, each.version) for each in of_tea.policies.all()] == [("Fourteen days.", 2)]
    assert not of_mug.policies.exists()
