"""Carts, how vendors ship, and orders that are paid."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from factory.declarations import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from catalog.models import Variant
from checkout import costing, split
from checkout.costing import CostedPart
from checkout.models import (
    Cart,
    CartLine,
    Order,
    OrderLine,
    PaymentState,
    ShippingMethod,
    ShippingProfile,
    ShippingRate,
    ShippingZone,
    TaxRule,
    VendorOrder,
    VendorOrderStatus,
)
from checkout.pricing import Decided, Off, Priced
from checkout.shipping import Place, flat
from checkout.tax import simple
from marketplace.accounts.models import User
from marketplace.kernel import clock
from tests.factories.accounts import BillingProfileFactory
from tests.factories.catalog import VariantFactory, listed
from tests.factories.vendors import VendorFactory
from vendors.models import Vendor

_numbers = itertools.count(1)


class CartFactory(DjangoModelFactory[Cart]):
    """A guest's empty cart."""

    class Meta:
        model = Cart

    currency = "EUR"


class CartLineFactory(DjangoModelFactory[CartLine]):
    """One unit of a variant that can be bought."""

    class Meta:
        model = CartLine

    cart = SubFactory(CartFactory)
    variant = SubFactory(VariantFactory)
    quantity = 1
    asked = SelfAttribute("quantity")
    seen_price_minor = SelfAttribute("variant.price_minor")


class ShippingMethodFactory(DjangoModelFactory[ShippingMethod]):
    class Meta:
        model = ShippingMethod

    vendor = SubFactory(VendorFactory)
    name = Sequence(lambda number: f"Parcel {number}")
    price_minor = 490
    currency = SelfAttribute("vendor.currency")


class TaxRuleFactory(DjangoModelFactory[TaxRule]):
    """A tax on everything that goes to Germany, on top."""

    class Meta:
        model = TaxRule

    name = "VAT"
    country = "DE"
    rate_bps = 1900


class ShippingRateFactory(DjangoModelFactory[ShippingRate]):
    """What a way that costs something only where zones say so costs in the rest of the world."""

    class Meta:
        model = ShippingRate

    method = SubFactory(ShippingMethodFactory, price_minor=None)
    zone = LazyAttribute(lambda rate: zone_of(rate.method.vendor))
    price_minor = 490


def zone_of(vendor: Vendor, *countries: str, profile: ShippingProfile | None = None) -> ShippingZone:
    """A new zone of a vendor's default profile, or of another."""
    if profile is None:
        facts = {"name": "All", "is_default": True}
        profile, _ = ShippingProfile.objects.get_or_create(vendor=vendor, is_default=True, defaults=facts)
    return ShippingZone.objects.create(profile=profile, name="Zone", countries=list(countries))


def buyable(*, price_minor: int = 1000, on_hand: int = 5, vendor: Vendor | None = None) -> Variant:
    """A variant of a published product that a buyer can put in the cart."""
    vendor = vendor or VendorFactory.create()
    return listed(price_minor=price_minor, on_hand=on_hand, vendor=vendor).variants.get()


def filled_cart(*variants: Variant, quantity: int = 1, user: User | None = None) -> Cart:
    """A cart with a line of each variant."""
    cart = CartFactory.create(user=user, currency=variants[0].currency)
    for variant in variants:
        CartLineFactory.create(cart=cart, variant=variant, quantity=quantity)
    return cart


@dataclass(frozen=True, kw_only=True)
class Bought:
    """A line of an order to be made; its price is its own, whatever the variant costs."""

    variant: Variant
    unit_minor: int = 1000
    quantity: int = 1
    discount_minor: int = 0
    # What of the discount the platform pays.
    platform_minor: int = 0


def paid_order(
    *bought: Bought,
    currency: str = "EUR",
    shipping_minor: Mapping[int, int] | None = None,
    tax_bps: int = 0,
    paid_at: datetime | None = None,
    cart: Cart | None = None,
) -> Order:
    """A guest's order as it stands when its payment has succeeded; nothing is published.

    Args:
        shipping_minor: what each vendor's shipping costs, by the vendor's key.
        cart: one with a billing profile, of which it is another order; else it has a cart and a buyer of its
            own.
    """
    paid_at = paid_at or clock.now()
    lines = [
        Priced(
            key=key,
            vendor=each.variant.vendor_id,
            quantity=each.quantity,
            unit_minor=each.unit_minor,
        )
        for key, each in enumerate(bought)
    ]
    offs = tuple(
        Off(
            promotion=0,
            vendor=each.variant.vendor_id,
            line=key,
            amount_minor=each.discount_minor,
            platform_minor=each.platform_minor,
        )
        for key, each in enumerate(bought)
    )
    costed = costing.cost(
        lines,
        to=Place(country="DE"),
        shippers={vendor: flat(price) for vendor, price in (shipping_minor or {}).items()},
        taxes=simple(tax_bps),
        promotions=Decided(before=offs),
    )
    cart = cart or CartFactory.create(currency=currency)
    profile = cart.billing_profile or BillingProfileFactory.create()
    order = Order.objects.create(
        number=f"T{next(_numbers):07}",
        billing_profile=profile,
        cart=cart,
        cart_version=1,
        email=profile.email,
        payment_state=PaymentState.PAID,
        placed_at=paid_at,
        paid_at=paid_at,
        expires_at=paid_at + timedelta(hours=1),
        **split.amounts(costed, currency),
    )
    for place, part in enumerate(costed.parts, start=1):
        _vendor_order(order, place, part, bought)
    return order


def _vendor_order(order: Order, place: int, part: CostedPart, bought: tuple[Bought, ...]) -> None:
    made = VendorOrder.objects.create(
        order=order,
        vendor_id=part.vendor,
        number=f"{order.number}-{place}",
        status=VendorOrderStatus.OPEN,
        **split.amounts(part, order.currency),
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            vendor_order=made,
            variant=bought[line.line.key].variant,
            product=bought[line.line.key].variant.product,
            title=bought[line.line.key].variant.product.title,
            sku=bought[line.line.key].variant.sku,
            quantity=line.line.quantity,
            currency=order.currency,
            unit_price_minor=line.line.unit_minor,
            amount_minor=line.amount_minor,
            discount_minor=line.discount_minor,
            platform_discount_minor=line.platform_discount_minor,
            tax_minor=line.tax_minor,
        )
        for line in part.lines
    )
