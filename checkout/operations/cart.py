"""What buyers do with a cart's lines; every change makes another version of the cart.

Stock is looked at, not taken: units are promised when the order is placed. So a variant is never locked here,
and what was left a moment ago may be gone by then.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import OuterRef

from catalog.errors import OutOfStock, Shortage
from catalog.models import Product, ProductStatus, Variant
from checkout.characteristics import normalized
from checkout.errors import CartFull, NotForSale
from checkout.models import Cart, CartLine
from checkout.operations.open_carts import (
    lock_cart,
    lock_cart_or_none,
    mark_changed,
    mint_cart,
    remember_cart,
)
from checkout.selectors.cart import available_to, keep_contents, lines_of
from checkout.selectors.terms import TOLD, told
from marketplace.accounts.models import User
from marketplace.kernel import writes
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound

MOST_LINES: Final = 100
MOST_UNITS: Final = 9_999
LINE_COLUMNS: Final = ("quantity", "asked", "seen_price_minor")


def add_to_cart(
    *,
    session: SessionBase,
    user: User | None,
    variant_id: int,
    quantity: int = 1,
    characteristics: Iterable[tuple[str, str]] = (),
) -> Cart:
    """Put units of a variant in the cart of the user or the session; the first ones make the cart.

    The same variant with the same characteristics (pairs of name and value) adds to its line. Where fewer are
    left than asked for, the line gets those.

    Locks the cart. Side effects: the session remembers the cart's token and its number of units. Raises
    InvalidInput, NotFound for a variant that buyers cannot see, NotForSale while its vendor is away,
    CurrencyMismatch, OutOfStock, CartFull.
    """
    _refuse_quantity(quantity, least=1)
    wanted = normalized(characteristics)
    with transaction.atomic():
        cart = lock_cart_or_none(session=session, user=user)
        variant, left = _buyable(variant_id, cart)
        is_new = cart is None
        if cart is None:
            cart, is_new = mint_cart(session=session, user=user, currency=variant.currency)
        lines = [] if is_new else list(lines_of(cart))
        if lines and cart.currency != variant.currency:
            raise CurrencyMismatch(expected=cart.currency, given=variant.currency, field="variant")
        before = sum(line.quantity for line in lines)
        granted = _granted(variant, left=left - _units_in(lines, variant.pk), asked=quantity)
        line = _line_for(cart, variant, wanted, lines)
        with writes.together():
            _put(line, units=granted, asked=quantity)
            if not is_new:
                cart.currency = variant.currency
                mark_changed(cart)
    keep_contents(cart, lines if line in lines else [*lines, line])
    remember_cart(session, cart, items=before + granted)
    return cart


def set_quantity(*, session: SessionBase, user: User | None, line_id: int, quantity: int) -> Cart:
    """Let a line hold so many units, or as many of them as are left; 0 takes it out.

    The buyer has seen the price by now: a warning about it goes. Locks the cart. Raises InvalidInput,
    NotFound for a line of another cart as for one nobody has, NotForSale, OutOfStock.
    """
    _refuse_quantity(quantity, least=0)
    if quantity == 0:
        return remove_line(session=session, user=user, line_id=line_id)
    with transaction.atomic():
        cart, lines, line = _lock_line(session, user, line_id)
        variant, before = line.variant, line.quantity
        if not _is_buyable(variant):
            raise NotForSale(title=variant.product.title, field="line")
        left = available_to(line) - _units_in(lines, variant.pk) + before
        line.quantity = _granted(variant, left=left, asked=quantity)
        line.asked, line.seen_price_minor = quantity, variant.price_minor
        with writes.together():
            writes.save([line], LINE_COLUMNS)
            if line.quantity != before:
                mark_changed(cart)
    keep_contents(cart, lines)
    remember_cart(session, cart, items=sum(each.quantity for each in lines))
    return cart


def remove_line(*, session: SessionBase, user: User | None, line_id: int) -> Cart:
    """Take a line out of the cart. Locks the cart. Raises NotFound like `set_quantity`."""
    with transaction.atomic():
        cart, lines, line = _lock_line(session, user, line_id)
        line.delete()
        mark_changed(cart)
    rest = [each for each in lines if each is not line]
    keep_contents(cart, rest)
    remember_cart(session, cart, items=sum(each.quantity for each in rest))
    return cart


def clear_cart(*, session: SessionBase, user: User | None) -> Cart:
    """Take everything out of the cart, which stays. Locks the cart. Raises NotFound where there is none."""
    with transaction.atomic():
        cart = lock_cart(session=session, user=user)
        count, _ = cart.lines.all().delete()
        if count:
            mark_changed(cart)
    remember_cart(session, cart, items=0)
    return cart


def _refuse_quantity(quantity: int, *, least: int) -> None:
    if not least <= quantity <= MOST_UNITS:
        raise InvalidInput(field="quantity", reason=f"This must be between {least} and {MOST_UNITS:,}.")


def _buyable(variant_id: int, cart: Cart | None) -> tuple[Variant, int]:
    """The variant as buyers see it, with its product, and how many units of it the cart can have."""
    rows = Variant.objects.filter(pk=variant_id, is_active=True, product__in=Product.objects.visible())
    rows = rows.annotate(**told(cart, currency=OuterRef("currency")))
    variant = rows.select_related("product__vendor").first()
    if variant is None:
        raise NotFound(thing="variant", field="variant")
    if not variant.product.vendor.is_open:
        raise NotForSale(title=variant.product.title, field="variant")
    held: int = variant.units_held  # type: ignore[attr-defined]  # told
    return variant, variant.available + held


def _is_buyable(variant: Variant) -> bool:
    product = variant.product
    is_published = product.status == ProductStatus.PUBLISHED
    return variant.is_active and is_published and product.vendor.is_open


def _granted(variant: Variant, *, left: int, asked: int) -> int:
    """As many units as are asked for, or as are left. Raises OutOfStock where none is."""
    if left <= 0:
        shortage = Shortage(
            variant_id=variant.pk, title=variant.product.title, sku=variant.sku, asked=asked, left=0
        )
        raise OutOfStock(shortages=(shortage,), field="quantity")
    return min(left, asked)


def _units_in(lines: Iterable[CartLine], variant_id: int) -> int:
    return sum(line.quantity for line in lines if line.variant_id == variant_id)


def _put(line: CartLine, *, units: int, asked: int) -> None:
    """Add units to a line, new or not, at the price of this moment."""
    if line.quantity + units > MOST_UNITS:
        raise InvalidInput(field="quantity", reason=f"A line holds {MOST_UNITS:,} units at most.")
    line.asked = line.quantity + asked
    line.quantity += units
    line.seen_price_minor = line.variant.price_minor
    if line.pk is None:
        writes.insert([line])
    else:
        writes.save([line], LINE_COLUMNS)


def _line_for(
    cart: Cart, variant: Variant, characteristics: dict[str, str], lines: Sequence[CartLine]
) -> CartLine:
    """The line of this variant with these characteristics: one of the cart's, or a new one."""
    for line in lines:
        if (line.variant_id, line.characteristics) == (variant.pk, characteristics):
            line.variant = variant
            return line
    if len(lines) >= MOST_LINES:
        raise CartFull(limit=MOST_LINES)
    line = CartLine(cart=cart, variant=variant, characteristics=characteristics, quantity=0)
    for name in TOLD:
        setattr(line, name, getattr(variant, name))
    return line


def _lock_line(
    session: SessionBase, user: User | None, line_id: int
) -> tuple[Cart, list[CartLine], CartLine]:
    """The cart, its lines, and the one of them that is meant."""
    cart = lock_cart_or_none(session=session, user=user)
    lines = [] if cart is None else list(lines_of(cart))
    for line in lines:
        if cart is not None and line.pk == line_id:
            return cart, lines, line
    raise NotFound(thing="line", field="line")
