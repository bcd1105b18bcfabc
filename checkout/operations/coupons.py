"""The codes that a buyer puts on a cart; each change of them makes another version of the cart."""

import re
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from checkout.errors import CouponExpired, CouponNotMet, CouponUnknown, CouponUsedUp
from checkout.models import Cart, CartCoupon, Coupon, PromotionKind
from checkout.operations.open_carts import lock_cart, mark_changed
from checkout.promotions import USED_UP, NoDiscount, Terms, Verdict
from checkout.selectors.cart import CartContents, costed_lines, keep_contents, lines_of
from marketplace.accounts.models import User
from marketplace.kernel import clock, writes
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.money import Money

MOST_COUPONS: Final = 5
CODE: Final = re.compile(r"[0-9A-Z][0-9A-Z-]{2,39}")


def apply_coupon(*, session: SessionBase, user: User | None, code: str) -> Cart:
    """Put a code on the cart; the same one again changes nothing.

    Locks the cart. Raises NotFound where there is no cart, InvalidInput for more codes than a cart takes,
    CouponUnknown also for a code of a vendor of whom nothing is in the cart, and before it is good,
    CouponExpired, CouponUsedUp, and CouponNotMet with what is missing.
    """
    with transaction.atomic():
        cart = lock_cart(session=session, user=user)
        coupon, is_there = _known(code, cart)
        if not is_there:
            with writes.together():
                writes.insert([CartCoupon(cart=cart, coupon=coupon)])
                mark_changed(cart)
        lines = list(lines_of(cart))
        vendors = {line.variant.vendor_id for line in lines}
        if coupon.promotion.vendor_id is not None and coupon.promotion.vendor_id not in vendors:
            raise CouponUnknown
        contents = costed_lines(cart, lines)
        if sum(verdict.terms.coupon is not None for verdict in contents.promotions) > MOST_COUPONS:
            raise InvalidInput(field="code", reason=f"A cart takes {MOST_COUPONS} codes at most.")
        refuse(_verdict(contents, coupon), currency=cart.currency)
    keep_contents(cart, lines)
    return cart


def remove_coupon(*, session: SessionBase, user: User | None, code: str) -> Cart:
    """Take a code off the cart. Locks the cart. Raises NotFound where there is no cart, or no such code."""
    with transaction.atomic():
        cart = lock_cart(session=session, user=user)
        count, _ = CartCoupon.objects.filter(cart=cart, coupon__code=spelled(code)).delete()
        if not count:
            raise NotFound(thing="code", field="code")
        mark_changed(cart)
    return cart


def refuse(verdict: Verdict, *, currency: str) -> None:
    """Raise what keeps a code from taking anything off, if anything does."""
    coupon, why = verdict.terms.code, verdict.sentence(currency)
    if verdict.reason is None or verdict.waits:
        return
    if verdict.reason == NoDiscount.ENDED:
        raise CouponExpired(coupon=coupon)
    if verdict.reason in USED_UP:
        raise CouponUsedUp(coupon=coupon, why=why)
    raise CouponNotMet(coupon=coupon, missing=Money(verdict.missing_minor, currency), why=why)


def refuse_unmet(contents: CartContents) -> None:
    """Raise what keeps a code on the cart from taking anything off: for who agreed to no other total."""
    for verdict in contents.promotions:
        if verdict.terms.coupon is not None:
            refuse(verdict, currency=contents.currency)


def spelled(code: str) -> str:
    """A code as it is kept, however it was typed."""
    return "".join(code.split()).upper()


def _verdict(contents: CartContents, coupon: Coupon) -> Verdict:
    """What became of the code: of two of one promotion only the first counts, and in an empty cart none."""
    for verdict in contents.promotions:
        if verdict.terms.coupon == coupon.pk:
            return verdict
    terms = Terms(key=coupon.promotion_id, kind=PromotionKind(coupon.promotion.kind), code=coupon.code)
    reason = NoDiscount.NOT_COMBINABLE if contents.lines else NoDiscount.NOTHING_PROMOTED
    return Verdict(terms=terms, reason=reason)


def _known(code: str, cart: Cart) -> tuple[Coupon, bool]:
    """The coupon of a code, and whether it is on the cart. Raises CouponUnknown.

    One that has yet to begin is nobody's business, and one that is over is said to be.
    """
    wanted = spelled(code)
    if not CODE.fullmatch(wanted):
        raise CouponUnknown
    has_begun = Q(promotion__starts_at=None) | Q(promotion__starts_at__lte=clock.now())
    here = CartCoupon.objects.filter(cart=cart, coupon=OuterRef("pk"))
    coupons = Coupon.objects.filter(has_begun, code=wanted, is_active=True, promotion__is_active=True)
    coupon = coupons.annotate(is_there=Exists(here)).select_related("promotion").first()
    if coupon is None:
        raise CouponUnknown
    return coupon, coupon.is_there
