"""What the buyer should know before ordering."""

import pytest

from catalog.models import Product, ProductStatus, Variant
from checkout.cart_warnings import BLOCKING, CartWarningCode, warnings_of
from checkout.models import Cart, CartLine
from checkout.selectors.cart import costed_cart, lines_of
from tests.factories.checkout import CartLineFactory, buyable, filled_cart
from vendors.models import Vendor, VendorStatus

pytestmark = pytest.mark.django_db


def _warnings(cart: Cart) -> list[tuple[str, str, CartLine | None]]:
    return [(warning.code.name, warning.message, warning.line) for warning in costed_cart(cart).warnings]


def test_a_cart_as_it_was_left_has_none() -> None:
    assert _warnings(filled_cart(buyable(), buyable())) == []


def test_a_suspended_vendor_concerns_its_lines_only() -> None:
    theirs, other = buyable(), buyable()
    cart = filled_cart(theirs, other)
    Vendor.objects.filter(pk=theirs.vendor_id).update(status=VendorStatus.SUSPENDED)
    line = cart.lines.get(variant=theirs)
    message = f"{theirs.vendor.name} does not sell at the moment."
    assert _warnings(cart) == [("VENDOR_UNAVAILABLE", message, line)]
    assert costed_cart(cart).blocking == costed_cart(cart).warnings
    Vendor.objects.update(status=VendorStatus.APPROVED)
    assert _warnings(cart) == []


@pytest.mark.parametrize("what", ["product", "variant"])
def test_a_withdrawn_product_is_named(what: str) -> None:
    variant = buyable()
    cart = filled_cart(variant)
    if what == "product":
        Product.objects.update(status=ProductStatus.ARCHIVED)
    else:
        Variant.objects.update(is_active=False)
    message = f"{variant.product.title} is not for sale any more."
    assert _warnings(cart) == [("PRODUCT_UNAVAILABLE", message, cart.lines.get())]


def test_lines_of_a_variant_share_what_is_left() -> None:
    variant = buyable(on_hand=3)
    cart = filled_cart(variant, quantity=2)
    second = CartLineFactory.create(cart=cart, variant=variant, quantity=2, characteristics={"Colour": "Red"})
    title = variant.product.title
    assert _warnings(cart) == [("OUT_OF_STOCK", f"Only 1 of {title} are left.", second)]
    Variant.objects.update(on_hand=0)
    first = cart.lines.first()
    assert _warnings(cart) == [
        ("OUT_OF_STOCK", f"{title} is sold out.", first),
        ("OUT_OF_STOCK", f"{title} is sold out.", second),
    ]


def test_what_was_clamped_says_so_without_blocking() -> None:
    variant = buyable()
    cart = filled_cart(variant)
    CartLine.objects.update(asked=4)
    message = f"4 of {variant.product.title} were asked for, 1 were left."
    assert _warnings(cart) == [("QUANTITY_CLAMPED", message, cart.lines.get())]
    assert costed_cart(cart).blocking == ()


def test_a_price_that_changed_is_charged_as_it_is_now() -> None:
    variant = buyable(price_minor=1000)
    cart = filled_cart(variant)
    Variant.objects.update(price_minor=800)
    message = f"{variant.product.title} costs 8.00 EUR now; it was 10.00 EUR."
    assert _warnings(cart) == [("PRICE_CHANGED", message, cart.lines.get())]
    assert costed_cart(cart).total.minor == 800


def test_units_held_for_others_are_gone() -> None:
    variant = buyable(on_hand=2)
    cart = filled_cart(variant)
    Variant.objects.update(reserved=2)
    assert [code for code, _, _ in _warnings(cart)] == ["OUT_OF_STOCK"]


def test_units_are_counted_as_told() -> None:
    cart = filled_cart(buyable(on_hand=0))
    line = lines_of(cart).get()
    assert warnings_of([line], available={line.variant_id: 1}) == ()


def test_what_blocks_is_what_cannot_be_had() -> None:
    informing = {
        CartWarningCode.PRICE_CHANGED,
        CartWarningCode.QUANTITY_CLAMPED,
        CartWarningCode.COUPON_EXPIRED,
        CartWarningCode.COUPON_USED_UP,
        CartWarningCode.COUPON_NOT_MET,
    }
    assert set(CartWarningCode) - BLOCKING == informing
