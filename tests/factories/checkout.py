"""Carts, and how vendors ship."""

from factory.declarations import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from catalog.models import Variant
from checkout.models import Cart, CartLine, ShippingMethod
from marketplace.accounts.models import User
from tests.factories.catalog import VariantFactory, listed
from tests.factories.vendors import VendorFactory
from vendors.models import Vendor


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
