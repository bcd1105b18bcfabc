"""Whether a cart can be ordered as it is, and what is missing."""

from collections.abc import Iterator
from typing import Final

from checkout.cart_warnings import CartWarningCode
from checkout.errors import CheckoutIncomplete, NotForSale, NotShippedThere, SelfDealing
from checkout.models import Cart, CartStatus
from checkout.selectors.cart import CartContents
from checkout.selectors.promotions import own_goods

UNAVAILABLE: Final = (CartWarningCode.VENDOR_UNAVAILABLE, CartWarningCode.PRODUCT_UNAVAILABLE)


def refuse_incomplete(contents: CartContents) -> None:
    """Raises CheckoutIncomplete naming all that is missing, SelfDealing what the buyer sells, NotForSale what
    cannot be had, and NotShippedThere who does not ship it to the address."""
    is_closed = contents.cart.status != CartStatus.ACTIVE
    missing = ["something in the cart"] if is_closed else list(_missing_steps(contents))
    if missing:
        raise CheckoutIncomplete(missing=", ".join(missing))
    own = own_goods(contents.lines)
    if own:
        raise SelfDealing(title=", ".join(own))
    gone = [
        each.line.variant.product.title
        for each in contents.warnings
        if each.line and each.code in UNAVAILABLE
    ]
    if gone:
        raise NotForSale(title=", ".join(gone))
    unreachable = [group.vendor.name for group in contents.groups if group.costed.is_out_of_reach]
    if unreachable:
        raise NotShippedThere(vendor=", ".join(unreachable))


def email_of(cart: Cart) -> str:
    """Where mail about the order goes; empty where nobody has said."""
    return cart.email or (cart.billing_profile.email if cart.billing_profile else "")


def _missing_steps(contents: CartContents) -> Iterator[str]:
    """What the buyer has yet to do before the cart can be ordered."""
    cart = contents.cart
    if not contents.lines:
        yield "something in the cart"
    if cart.billing_profile is None or not email_of(cart):
        yield "a contact"
    if cart.shipping_address is None and contents.needs_address:
        yield "a shipping address"
    if cart.billing_address is None:
        yield "a billing address"
    for group in contents.groups:
        if group.lacks_shipping:
            yield f"a way to ship what {group.vendor.name} sells"
