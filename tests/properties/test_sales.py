"""Whatever is sold, all the way from the cart to the books: nothing is lost, made up, or charged twice."""

from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.models import Variant
from checkout.models import CartLine, Order, VendorOrder
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from checkout.selectors.cart import costed_cart
from marketplace.gateway.models import SandboxCharge
from marketplace.kernel.money import Money, basis_points
from payouts import checking
from payouts.models import AccountKind, Commission, LedgerEntry
from payouts.selectors import trial_balance
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.factories.orders import intent_of, payment_of, ready_cart
from tests.factories.vendors import VendorFactory
from tests.support.examples import seldom
from tests.support.payments import confirm
from vendors.models import Vendor

AMOUNTS = ("subtotal_minor", "discount_minor", "shipping_minor", "tax_minor", "total_minor")
CURRENCIES = st.sampled_from(["JPY", "USD", "KWD"])
RATES = st.integers(0, 10_000)
# The price and the number of each thing that is bought; no payment is smaller than 50 cents or yen.
LINES = st.lists(st.tuples(st.integers(50, 99_999), st.integers(1, 9)), min_size=1, max_size=3)
# For each vendor: what shipping costs, and what is bought there.
Parts = list[tuple[int, list[tuple[int, int]]]]
PARTS = st.lists(st.tuples(st.integers(0, 5_000), LINES), min_size=1, max_size=4)


class Sales(TestCase):
    @seldom
    @given(parts=PARTS, tax_bps=RATES, commission_bps=RATES, currency=CURRENCIES)
    def test_what_is_shown_is_charged_and_shared(
        self, parts: Parts, tax_bps: int, commission_bps: int, currency: str
    ) -> None:
        with override_settings(TAX_RATES={"DE": tax_bps}, COMMISSION_BPS=commission_bps):
            cart = ready_cart(*_variants(parts, currency))
            for line in cart.lines.select_related("variant"):
                units = line.variant.on_hand
                CartLine.objects.filter(pk=line.pk).update(quantity=units, asked=units)
            shown = costed_cart(cart).total
            order = place_order(cart=cart, expected_total=shown)
            assert confirm(intent_of(order)).status_code == 200
            for _ in range(2):
                settle_payment(provider="sandbox", ref=payment_of(order).provider_ref)
        assert shown.minor == _by_hand(parts, tax_bps)
        assert order.total == shown == payment_of(order).amount == intent_of(order).amount
        assert SandboxCharge.objects.get().amount_minor == shown.minor
        _assert_parts_add_up(order)
        _assert_books_are_right(order, commission_bps)


def _by_hand(parts: Parts, tax_bps: int) -> int:
    """The total as one would reckon it on paper: tax is rounded once for each line."""
    goods = [unit * units for _, lines in parts for unit, units in lines]
    shipping = [price for price, _ in parts]
    return sum(amount + basis_points(amount, tax_bps) for amount in [*goods, *shipping])


def _variants(parts: Parts, currency: str) -> list[Variant]:
    """For each vendor its variants; of each there are as many as are bought."""
    variants = []
    for shipping, lines in parts:
        vendor: Vendor = VendorFactory.create(currency=currency)
        ShippingMethodFactory.create(vendor=vendor, price_minor=shipping)
        variants += [buyable(price_minor=unit, on_hand=units, vendor=vendor) for unit, units in lines]
    return variants


def _assert_parts_add_up(order: Order) -> None:
    rows = list(order.vendor_orders.prefetch_related("lines"))
    for name in AMOUNTS:
        assert sum(getattr(row, name) for row in rows) == getattr(order, name)
    for row in rows:
        lines = list(row.lines.all())
        assert sum(line.amount_minor for line in lines) == row.subtotal_minor
        assert sum(line.discount_minor for line in lines) == row.discount_minor
        assert 0 <= row.tax_minor - sum(line.tax_minor for line in lines) <= row.shipping_minor


def _assert_books_are_right(order: Order, commission_bps: int) -> None:
    assert [fault for _, faults in checking.check() for fault in faults] == []
    assert sum(money.minor for _, money in trial_balance()) == 0
    kept = Commission.objects.filter(order_line__vendor_order__order=order)
    for each in kept.select_related("order_line"):
        assert each.amount_minor == basis_points(each.order_line.amount_minor, commission_bps)
    entries = LedgerEntry.objects.filter(transaction__order=order)
    for row in VendorOrder.objects.filter(order=order):
        theirs = sum(entry.amount_minor for entry in entries.filter(vendor_order=row))
        assert theirs == row.total_minor - sum(
            each.amount_minor for each in kept.filter(order_line__vendor_order=row)
        )
    paid = entries.get(account__kind=AccountKind.BUYER_CLEARING)
    assert Money(-paid.amount_minor, order.currency) == order.total
