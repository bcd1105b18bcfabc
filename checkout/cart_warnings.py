"""What the buyer should know about a cart before ordering; nothing of it is an error yet."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices

from catalog.models import ProductStatus
from checkout.models import CartLine
from checkout.promotions import USED_UP, NoDiscount, Verdict


class CartWarningCode(TextChoices):
    """What a warning is about; the label describes it in the schema."""

    PRICE_CHANGED = "price_changed", "A unit costs more or less than when the buyer last saw it"
    QUANTITY_CLAMPED = "quantity_clamped", "Fewer were left than were asked for; the line holds what was left"
    OUT_OF_STOCK = "out_of_stock", "Fewer are left than the line holds, or none; it cannot be ordered so"
    VENDOR_UNAVAILABLE = "vendor_unavailable", "The vendor does not sell at the moment"
    PRODUCT_UNAVAILABLE = "product_unavailable", "The product is not for sale any more"
    NOT_SHIPPED_THERE = "not_shipped_there", "The vendor does not ship it to the address"
    COUPON_EXPIRED = "coupon_expired", "A code on the cart is not good any more"
    COUPON_USED_UP = "coupon_used_up", "A code on the cart was used as often as it may be"
    COUPON_NOT_MET = "coupon_not_met", "The cart is not what a code on it is for"


# A cart with one of these warnings cannot be ordered.
BLOCKING: Final = frozenset(
    {
        CartWarningCode.OUT_OF_STOCK,
        CartWarningCode.VENDOR_UNAVAILABLE,
        CartWarningCode.PRODUCT_UNAVAILABLE,
        CartWarningCode.NOT_SHIPPED_THERE,
    }
)


@dataclass(frozen=True, kw_only=True)
class CartWarning:
    """One thing to know, and the line it concerns; None where that is the whole cart."""

    code: CartWarningCode
    message: str
    line: CartLine | None


def warnings_of(
    lines: Iterable[CartLine], *, available: Mapping[int, int], out_of_reach: Collection[int] = ()
) -> tuple[CartWarning, ...]:
    """The warnings of a cart, in the order of its lines.

    Args:
        lines: with their variants, products and vendors loaded.
        available: by variant, how many units this cart can have; lines of one variant share them, the first
            served first.
        out_of_reach: the vendors that do not ship to the address of the cart.
    """
    left = dict(available)
    return tuple(
        warning
        for line in lines
        for warning in (*_warnings_of_line(line, left), *_warnings_of_reach(line, out_of_reach))
    )


def warnings_of_coupons(verdicts: Iterable[Verdict], *, currency: str) -> tuple[CartWarning, ...]:
    """The warnings about codes that take nothing off."""
    return tuple(
        CartWarning(code=_code_of(verdict.reason), message=verdict.sentence(currency), line=None)
        for verdict in verdicts
        if verdict.terms.coupon is not None and verdict.reason is not None and not verdict.waits
    )


def _code_of(reason: NoDiscount) -> CartWarningCode:
    if reason == NoDiscount.ENDED:
        return CartWarningCode.COUPON_EXPIRED
    return CartWarningCode.COUPON_USED_UP if reason in USED_UP else CartWarningCode.COUPON_NOT_MET


def _warnings_of_line(line: CartLine, left: dict[int, int]) -> Iterator[CartWarning]:
    product = line.variant.product
    if not product.vendor.is_open:
        message = f"{product.vendor.name} does not sell at the moment."
        yield CartWarning(code=CartWarningCode.VENDOR_UNAVAILABLE, message=message, line=line)
    elif product.status != ProductStatus.PUBLISHED or not line.variant.is_active:
        message = f"{product.title} is not for sale any more."
        yield CartWarning(code=CartWarningCode.PRODUCT_UNAVAILABLE, message=message, line=line)
    else:
        yield from _warnings_of_stock(line, left)
        if line.seen_price_minor != line.variant.price_minor:
            message = f"{product.title} costs {line.unit_price} now; it was {line.seen_price}."
            yield CartWarning(code=CartWarningCode.PRICE_CHANGED, message=message, line=line)


def _warnings_of_reach(line: CartLine, out_of_reach: Collection[int]) -> Iterator[CartWarning]:
    product = line.variant.product
    if product.is_shipped and product.vendor_id in out_of_reach:
        message = f"{product.vendor.name} does not ship {product.title} to this address."
        yield CartWarning(code=CartWarningCode.NOT_SHIPPED_THERE, message=message, line=line)


def _warnings_of_stock(line: CartLine, left: dict[int, int]) -> Iterator[CartWarning]:
    title, here = line.variant.product.title, max(left[line.variant_id], 0)
    left[line.variant_id] = here - line.quantity
    if here < line.quantity:
        message = f"Only {here} of {title} are left." if here else f"{title} is sold out."
        yield CartWarning(code=CartWarningCode.OUT_OF_STOCK, message=message, line=line)
    elif line.asked > line.quantity:
        message = f"{line.asked} of {title} were asked for, {line.quantity} were left."
        yield CartWarning(code=CartWarningCode.QUANTITY_CLAMPED, message=message, line=line)
