"""Carts that can be ordered, and orders."""

from catalog.models import Variant
from checkout.models import Cart, Order, Payment
from checkout.operations.place import place_order
from marketplace.accounts.models import AddressType, BillingProfile, User
from marketplace.gateway import registry
from marketplace.gateway.provider import Intent
from tests.factories.accounts import AddressFactory, BillingProfileFactory
from tests.factories.checkout import ShippingMethodFactory, buyable, filled_cart


def ready_cart(*variants: Variant, quantity: int = 1, user: User | None = None, ships: int = 490) -> Cart:
    """A cart with nothing missing; each vendor ships in one way."""
    cart: Cart = filled_cart(*variants, quantity=quantity, user=user)
    profile: BillingProfile = user.billing_profile if user else BillingProfileFactory.create()
    cart.billing_profile, cart.email = profile, profile.email
    cart.shipping_address = AddressFactory.create(billing_profile=profile)
    cart.billing_address = AddressFactory.create(
        billing_profile=profile, address_type=AddressType.BILLING, line1="Am Ufer 2"
    )
    cart.save()
    for vendor in {variant.vendor for variant in variants}:
        if not vendor.shipping_methods.exists():
            ShippingMethodFactory.create(vendor=vendor, price_minor=ships)
    return cart


def placed(*variants: Variant, quantity: int = 1, user: User | None = None) -> Order:
    """An order that waits for its payment; of one variant unless some are named."""
    return place_order(cart=ready_cart(*(variants or (buyable(),)), quantity=quantity, user=user))


def payment_of(order: Order) -> Payment:
    """The payment of an order, as it is stored now."""
    return Payment.objects.select_related("order").get(order=order)


def intent_of(order: Order) -> Intent:
    """What the provider knows of it."""
    payment = payment_of(order)
    return registry.provider(payment.provider).get_payment(payment.provider_ref)
