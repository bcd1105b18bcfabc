"""A small shop, and all that can happen to what is bought there, by the operations themselves.

A shop is made once; a trade is what happens in it in a transaction of its own, which is undone in the end, so
that it costs what it does and not what it takes to set it up. What a trade is refused must change nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test import override_settings

from catalog.models import StockMovement, Variant
from checkout.models import (
    Cart,
    CartStatus,
    Order,
    OrderLine,
    Payment,
    PromotionKind,
    RateKind,
    Remitter,
    ShippingMethod,
)
from checkout.operations.cart import add_to_cart
from checkout.operations.coupons import apply_coupon
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from marketplace.accounts.models import Address, AddressType, BillingProfile
from marketplace.gateway.sandbox import intents
from marketplace.kernel import clock
from marketplace.kernel.errors import Refusal
from tests.factories.accounts import AddressFactory, BillingProfileFactory
from tests.factories.catalog import VariantFactory, listed
from tests.factories.checkout import ShippingMethodFactory, ShippingRateFactory, TaxRuleFactory
from tests.factories.promotions import CouponFactory, PromotionFactory
from tests.factories.rules import rule_of
from tests.factories.vendors import VendorFactory
from tests.support.payments import OK, read
from vendors.models import Vendor

VENDORS: Final = 3
GOODS: Final = 2 * VENDORS
# What a refused move may not touch.
TABLES: Final = (
    "catalog_variant",
    "catalog_reservation",
    "catalog_stockmovement",
    "checkout_cart",
    "checkout_cartline",
    "checkout_cartcoupon",
    "checkout_order",
    "checkout_vendororder",
    "checkout_orderline",
    "checkout_payment",
    "checkout_promotionuse",
    "checkout_fulfillment",
    "checkout_fulfillmentline",
    "checkout_refund",
    "checkout_refundline",
    "checkout_return",
    "checkout_returnline",
    "payouts_commission",
    "payouts_commissionreversal",
    "payouts_ledgeraccount",
    "payouts_ledgertransaction",
    "payouts_ledgerentry",
    "analytics_salesentry",
    "kernel_auditentry",
    "procrastinate_jobs",
)
_ROWS: Final = "(SELECT string_agg(t::text, ',' ORDER BY t.id) FROM {} AS t)"
_STATE: Final = f"SELECT md5(concat({', '.join(map(_ROWS.format, TABLES))}))"


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What a vendor's shipping costs, and from what on nothing."""

    kind: RateKind = RateKind.FLAT
    price_minor: int = 0
    extra_minor: int = 0
    free_from_minor: int | None = None


@dataclass(frozen=True, kw_only=True)
class Tax:
    """A tax of any name; several add up."""

    rate_bps: int
    is_included: bool = False
    is_on_shipping: bool = True
    is_platforms: bool = False


@dataclass(frozen=True, kw_only=True)
class Sale:
    """A promotion: of the vendor in that place, or of the platform, which pays its share of it.

    With `has_code` it is asked for by a code; with a cap one order has it.
    """

    kind: PromotionKind = PromotionKind.PERCENTAGE
    vendor: int | None = None
    worth: int = 1000
    share_bps: int = 10_000
    has_code: bool = False
    cap: int | None = None


@dataclass(frozen=True, kw_only=True)
class Fee:
    """What the platform takes of each unit beside the rate of all, and the tax on it."""

    fixed_minor: int = 0
    floor_minor: int = 0
    cap_minor: int | None = None
    tax_bps: int = 0


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What goods cost in a shop, by their places, how they ship, and what comes on top and goes off."""

    currency: str
    prices: tuple[int, ...]
    rates: tuple[Rate, ...]
    taxes: tuple[Tax, ...] = ()
    sales: tuple[Sale, ...] = ()
    stock: int = 6
    commission_bps: int = 1000
    fee: Fee | None = None


class Shop:
    """Vendors with goods in each currency, and a buyer."""

    def __init__(self, *currencies: str) -> None:
        self.goods = {currency: _goods(currency) for currency in currencies}
        self.buyer: BillingProfile = BillingProfileFactory.create()
        self.home: Address = AddressFactory.create(billing_profile=self.buyer)
        self.bill: Address = AddressFactory.create(
            billing_profile=self.buyer, address_type=AddressType.BILLING, line1="Am Ufer 2"
        )


def _goods(currency: str) -> list[Variant]:
    """Two variants of each vendor, next to each other."""
    goods = []
    for _ in range(VENDORS):
        vendor = VendorFactory.create(currency=currency)
        ShippingRateFactory.create(
            method=ShippingMethodFactory.create(vendor=vendor, price_minor=None, currency=currency)
        )
        product = listed(vendor=vendor, on_hand=100, option_names=["Size"])
        goods += [product.variants.get(), VariantFactory.create(product=product, options={"Size": "L"})]
    return goods


@contextmanager
def undone() -> Iterator[None]:
    """A transaction in which operations may run as if there was none, undone in the end."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django's own TestCase says it
    with block:
        yield
        transaction.set_rollback(True)


@dataclass
class Trade:
    """What happens in a shop on certain terms: several carts, one after the other, and their orders."""

    shop: Shop
    terms: Terms
    session: SessionStore = field(default_factory=SessionStore)
    codes: list[str] = field(default_factory=list)
    later: timedelta = timedelta()
    # Units that came back to the shelf after they were sent, less those sent again.
    back: Counter[int] = field(default_factory=Counter)
    # How often each thing was done, and how often refused.
    told: Counter[str] = field(default_factory=Counter)
    now: datetime = field(default_factory=clock.now)

    def __post_init__(self) -> None:
        for place, (variant, price) in enumerate(zip(self.goods, self.terms.prices, strict=True)):
            variant.price_minor, variant.on_hand, variant.reserved = price, self.terms.stock, 0
            if place % 2 == 0:
                _ship(variant.vendor, self.terms.rates[place // 2])
        Variant.objects.bulk_update(self.goods, ["price_minor", "on_hand", "reserved"])
        for number, tax in enumerate(self.terms.taxes):
            TaxRuleFactory.create(
                name=f"Tax {number}",
                rate_bps=tax.rate_bps,
                is_included=tax.is_included,
                is_on_shipping=tax.is_on_shipping,
                remitter=Remitter.PLATFORM if tax.is_platforms else Remitter.VENDOR,
            )
        for sale in self.terms.sales:
            self._promote(sale)
        if self.terms.fee is not None:
            fee = self.terms.fee
            amounts = {self.terms.currency: (fee.fixed_minor, fee.floor_minor, fee.cap_minor)}
            rule_of(rate_bps=self.terms.commission_bps, amounts=amounts, tax_bps=fee.tax_bps)

    def _promote(self, sale: Sale) -> None:
        vendor = None if sale.vendor is None else self.goods[2 * sale.vendor].vendor
        is_amount = sale.kind == PromotionKind.AMOUNT
        units = {"buy_units": 1, "get_units": 1} if sale.kind == PromotionKind.BUY_X_GET_Y else {}
        made = PromotionFactory.create(
            vendor=vendor,
            kind=sale.kind,
            rate_bps=0 if is_amount or sale.kind == PromotionKind.FREE_SHIPPING else sale.worth,
            amount_minor=sale.worth if is_amount else 0,
            currency=self.terms.currency if is_amount else "",
            platform_share_bps=0 if vendor else sale.share_bps,
            is_automatic=not sale.has_code,
            total_cap=sale.cap,
            **units,
        )
        if vendor is None and sale.share_bps < 10_000:
            for each in self.goods[::2]:
                made.consents.create(vendor=each.vendor)
        if sale.has_code:
            self.codes.append(CouponFactory.create(promotion=made).code)

    @property
    def goods(self) -> list[Variant]:
        return self.shop.goods[self.terms.currency]

    @contextmanager
    def running(self) -> Iterator[None]:
        """On the trade's own clock, at its rate of commission."""
        with clock.at(self.now + self.later), override_settings(COMMISSION_BPS=self.terms.commission_bps):
            yield

    def attempt(self, name: str, run: Callable[[], object], *, may: bool | None = None) -> Refusal | None:
        """Do something; one that is refused changes nothing. With `may`, whether it must be done is known."""
        before = state()
        refusal = None
        with self.running():
            try:
                run()
            except Refusal as refused:
                refusal = refused
        self.told[f"{name} {'refused' if refusal else 'done'}"] += 1
        if may is not None:
            assert (refusal is None) == may, f"{name}: {refusal or 'done'}"
        if refusal is not None:
            assert state() == before, f"{name} was refused by {refusal.code}, and changed something"
        return refusal

    def add(self, place: int, units: int) -> None:
        variant = self.goods[place]
        add_to_cart(session=self.session, user=None, variant_id=variant.pk, quantity=units)

    def use_code(self, place: int) -> None:
        apply_coupon(session=self.session, user=None, code=self.codes[place])

    def cart(self) -> Cart | None:
        """The cart that is being filled, with all that an order needs beside its lines."""
        token = self.session.get("cart_id")
        carts = Cart.objects.filter(token=token, status=CartStatus.ACTIVE) if token else Cart.objects.none()
        carts.filter(billing_profile=None).update(
            billing_profile=self.shop.buyer,
            email=self.shop.buyer.email,
            shipping_address=self.shop.home,
            billing_address=self.shop.bill,
        )
        return carts.first()

    def place(self) -> Order | None:
        cart = self.cart()
        return None if cart is None else place_order(cart=cart)

    def pay(self, payment: Payment, *, card: str = OK) -> None:
        """The buyer pays by card, and comes back from it."""
        intents.confirm(payment.provider_ref, client_secret=payment.client_secret, card=read(card))
        settle_payment(provider=payment.provider, ref=payment.provider_ref)

    def missing(self) -> Mapping[int, int]:
        """Of each variant, units of which nobody knows where they are: what was there at first, less what is
        on the shelf, sold, and not put back."""
        sold: Counter[int] = Counter()
        lines = OrderLine.objects.filter(vendor_order__order__payment_state="paid")
        for key, quantity, cancelled in lines.values_list("variant", "quantity", "cancelled"):
            sold[key] += quantity - cancelled
        moved: Counter[int] = Counter()
        for key, delta in StockMovement.objects.values_list("variant", "delta"):
            moved[key] += delta
        now = dict(
            Variant.objects.filter(pk__in=[each.pk for each in self.goods]).values_list("pk", "on_hand")
        )
        first = self.terms.stock
        return {
            key: first - on_hand
            for key, on_hand in now.items()
            if on_hand != first + moved[key] or on_hand != first - sold[key] + self.back[key]
        }


def state() -> str:
    """What the tables of the trade hold, as one word."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        return str(cursor.fetchone()[0])


def _ship(vendor: Vendor, rate: Rate) -> None:
    method = ShippingMethod.objects.get(vendor=vendor)
    method.rates.update(
        kind=rate.kind,
        price_minor=rate.price_minor,
        extra_minor=rate.extra_minor,
        free_from_minor=rate.free_from_minor,
        tiers=[[2000, rate.extra_minor]],
    )
