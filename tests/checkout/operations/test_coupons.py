"""Codes on a cart: what they take off, and what they are refused for."""

from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore

from checkout.errors import (
    CouponExpired,
    CouponNotMet,
    CouponUnknown,
    CouponUsedUp,
    PriceChanged,
    SelfDealing,
)
from checkout.models import (
    Cart,
    CartLine,
    Order,
    PaymentState,
    Promotion,
    PromotionKind,
    PromotionUse,
    PromotionUseState,
)
from checkout.operations.cancel import CancelReason, cancel_vendor_order
from checkout.operations.coupons import apply_coupon, remove_coupon
from checkout.operations.expire import cancel_order
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from checkout.selectors.cart import costed_cart
from marketplace.kernel import clock
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from payouts.models import LedgerEntry
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, ready_cart
from tests.factories.promotions import CartCouponFactory, CouponFactory, PromotionFactory
from tests.factories.vendors import member_of
from tests.support.payments import confirm
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db(transaction=True)


def _session(cart: Cart) -> SessionStore:
    session = SessionStore()
    session["cart_id"] = str(cart.token)
    return session


def _apply(cart: Cart, code: str) -> Cart:
    return apply_coupon(session=_session(cart), user=None, code=code)


def _pay(order: Order) -> None:
    confirm(intent_of(order))
    settle_payment(provider="sandbox", ref=intent_of(order).ref)


def _balances() -> dict[str, int]:
    sums: Counter[str] = Counter()
    for entry in LedgerEntry.objects.select_related("account"):
        sums[f"{entry.account.kind}:{entry.account.vendor_id or ''}".rstrip(":")] += entry.amount_minor
    return {name: minor for name, minor in sums.items() if minor}


def _states(order: Order) -> list[str]:
    return list(PromotionUse.objects.filter(order=order).values_list("state", flat=True))


def test_a_code_is_put_on_a_cart_and_taken_off() -> None:
    tea, mug = buyable(price_minor=1000), buyable(price_minor=500)
    cart, coupon = ready_cart(tea, mug), CouponFactory.create(code="WELCOME10")
    version = cart.version
    changed = _apply(cart, " welcome10 ")
    contents = costed_cart(changed)
    assert (changed.version, contents.discount.amount) == (version + 1, "1.50")
    assert [group.discounts for group in contents.groups] == [
        ((coupon.promotion.title, "WELCOME10", 100),),
        ((coupon.promotion.title, "WELCOME10", 50),),
    ]
    assert _apply(cart, "WELCOME10").version == version + 1
    remove_coupon(session=_session(cart), user=None, code="welcome10")
    assert costed_cart(cart).discount.amount == "0.00"
    with pytest.raises(NotFound):
        remove_coupon(session=_session(cart), user=None, code="welcome10")


def test_a_code_of_a_vendor_who_is_not_in_the_cart_looks_like_none() -> None:
    cart = ready_cart(buyable())
    others = PromotionFactory.create(vendor=buyable().vendor, is_automatic=False)
    CouponFactory.create(code="SECRET", promotion=others)
    over = PromotionFactory.create(vendor=others.vendor, is_automatic=False, ends_at=clock.now())
    CouponFactory.create(code="OVER", promotion=over)
    begins = PromotionFactory.create(is_automatic=False, starts_at=clock.now() + timedelta(days=1))
    CouponFactory.create(code="SOON", promotion=begins)
    for code in ("SECRET", "OVER", "SOON", "NONE", "'"):
        with pytest.raises(CouponUnknown):
            _apply(cart, code)
    assert costed_cart(cart).promotions == ()


def test_what_is_over_or_not_met_says_so() -> None:
    tea = buyable(price_minor=3000)
    cart = ready_cart(tea)
    over = PromotionFactory.create(is_automatic=False, ends_at=clock.now() - timedelta(seconds=1))
    CouponFactory.create(code="OVER", promotion=over)
    with pytest.raises(CouponExpired):
        _apply(cart, "OVER")
    least = PromotionFactory.create(is_automatic=False, vendor=tea.vendor, minimum_minor=5000, currency="EUR")
    CouponFactory.create(code="LEAST", promotion=least)
    with pytest.raises(CouponNotMet) as refused:
        _apply(cart, "LEAST")
    assert refused.value.missing == Money(2000, "EUR")
    assert cart.coupons.count() == 0


def test_h27_a_sale_that_ends_before_the_payment_is_not_charged_in_silence() -> None:
    cart = ready_cart(buyable(price_minor=1000), ships=0)
    sale = PromotionFactory.create()
    code = CouponFactory.create()
    CartCouponFactory.create(cart=cart, coupon=code)
    assert costed_cart(cart).total.amount == "8.10"
    Promotion.objects.filter(pk=sale.pk).update(ends_at=clock.now())
    with pytest.raises(PriceChanged) as refused:
        place_order(cart=cart, expected_total=Money(810, "EUR"))
    assert refused.value.total.amount == "9.00"
    Promotion.objects.filter(pk=code.promotion_id).update(ends_at=clock.now())
    with pytest.raises(CouponExpired):
        place_order(cart=cart)
    assert not Order.objects.exists()
    (warning,) = costed_cart(cart).warnings
    assert (warning.code.name, warning.line) == ("COUPON_EXPIRED", None)
    assert place_order(cart=cart, expected_total=Money(1000, "EUR")).total.amount == "10.00"


def test_a_use_is_held_used_and_given_back() -> None:
    tea = buyable(price_minor=1000)
    coupon = CouponFactory.create(cap=1)
    first, second = ready_cart(tea), ready_cart(tea)
    for cart in (first, second):
        CartCouponFactory.create(cart=cart, coupon=coupon)
    order = place_order(cart=first)
    assert _states(order) == [PromotionUseState.HELD]
    with pytest.raises(CouponUsedUp):
        place_order(cart=second)
    # The cart that holds it orders anew by it.
    first.refresh_from_db()
    first.version += 1
    first.save()
    again = place_order(cart=first)
    assert (_states(order), _states(again)) == ([PromotionUseState.GIVEN_BACK], [PromotionUseState.HELD])
    cancel_order(order=again)
    taken = place_order(cart=second)
    _pay(taken)
    assert _states(taken) == [PromotionUseState.USED]
    part = taken.vendor_orders.get()
    cancel_vendor_order(part=part, actor=None, reason=CancelReason.OTHER)
    assert _states(taken) == [PromotionUseState.GIVEN_BACK]


def test_a_person_uses_it_once_under_any_profile_of_the_same_address() -> None:
    tea = buyable(price_minor=1000)
    coupon = CouponFactory.create(promotion=PromotionFactory.create(is_automatic=False, person_cap=1))
    first, second, other = (ready_cart(tea) for _ in range(3))
    Cart.objects.filter(pk=second.pk).update(email=first.email)
    for cart in (first, second, other):
        CartCouponFactory.create(cart=cart, coupon=coupon)
    place_order(cart=first)
    with pytest.raises(CouponUsedUp, match="before"):
        place_order(cart=second)
    assert place_order(cart=other).discount.amount == "1.00"


def test_a_first_order_is_the_first() -> None:
    tea = buyable(price_minor=1000)
    PromotionFactory.create(is_for_first_orders=True)
    user = UserFactory.create()
    order = place_order(cart=ready_cart(tea, user=user))
    assert order.discount.amount == "1.00"
    _pay(order)
    assert costed_cart(ready_cart(tea, user=user)).discount.amount == "0.00"


def test_it_is_about_products_and_what_is_below_categories() -> None:
    tea, mug = buyable(price_minor=1000), buyable(price_minor=1000)
    sale = PromotionFactory.create(is_for_everything=False)
    cart = ready_cart(tea, mug)
    assert costed_cart(cart).discount.amount == "0.00"
    sale.products.add(mug.product)
    assert [group.discount.minor for group in costed_cart(cart).groups] == [0, 100]
    sale.categories.add(tea.product.category)
    assert costed_cart(cart).groups[0].discount.minor == 100
    # One whose last product is gone is about nothing, never about everything.
    sale.products.clear()
    sale.categories.clear()
    assert costed_cart(cart).discount.amount == "0.00"


def test_a_shared_promotion_waits_for_the_vendor() -> None:
    tea = buyable(price_minor=1000)
    sale = PromotionFactory.create(platform_share_bps=5000)
    cart = ready_cart(tea)
    assert costed_cart(cart).discount.amount == "0.00"
    sale.consents.create(vendor=tea.vendor)
    contents = costed_cart(cart)
    assert (contents.costed.discount_minor, contents.costed.platform_discount_minor) == (100, 50)


@pytest.mark.parametrize(
    ("is_vendors", "rate_bps", "fee_bps", "paid", "vendor", "platform"),
    [
        (True, 2000, 2500, 8000, 6000, {"commission": 2000}),
        (False, 2000, 2500, 8000, 7500, {"commission": 2500, "promotion_expense": -2000}),
        (False, 5000, 1000, 5000, 9000, {"commission": 1000, "promotion_expense": -5000}),
    ],
)
def test_h7_who_funds_it_pays(  # the numbers of a case
    settings: object,
    *,
    is_vendors: bool,
    rate_bps: int,
    fee_bps: int,
    paid: int,
    vendor: int,
    platform: dict[str, int],
) -> None:
    settings.COMMISSION_BPS = fee_bps  # type: ignore[attr-defined]  # pytest-django's
    tea = buyable(price_minor=10_000)
    PromotionFactory.create(vendor=tea.vendor if is_vendors else None, rate_bps=rate_bps)
    order = place_order(cart=ready_cart(tea, ships=0))
    assert order.total_minor == paid
    _pay(order)
    assert _balances() == {
        "buyer_clearing": -paid,
        f"vendor_payable:{tea.vendor_id}": vendor,
        **platform,
    }


@pytest.mark.parametrize("is_vendors", [True, False])
def test_h33_a_whole_discount_is_paid_without_a_payment(is_vendors: bool) -> None:
    tea = buyable(price_minor=10_000)
    PromotionFactory.create(vendor=tea.vendor if is_vendors else None, rate_bps=10_000)
    order = place_order(cart=ready_cart(tea, ships=0))
    order.refresh_from_db()
    assert (order.payment_state, order.total_minor) == (PaymentState.PAID, 0)
    assert (order.payments.count(), _states(order)) == (0, [PromotionUseState.USED])
    owed = {
        f"vendor_payable:{tea.vendor_id}": 9000,
        "commission": 1000,
        "promotion_expense": -10_000,
    }
    assert _balances() == ({} if is_vendors else owed)


def test_free_shipping_waits_for_something_to_ship() -> None:
    tea = buyable(price_minor=1000)
    cart = ready_cart(tea, ships=490)
    free = PromotionFactory.create(kind=PromotionKind.FREE_SHIPPING, is_automatic=False)
    CouponFactory.create(code="FREE", promotion=free)
    contents = costed_cart(_apply(cart, "FREE"))
    assert (contents.shipping.amount, contents.discount.amount, contents.total.amount) == (
        "4.90",
        "4.90",
        "10.00",
    )


def test_h34_who_works_for_a_vendor_does_not_buy_of_it() -> None:
    tea, mug = buyable(), buyable()
    support = member_of(tea.vendor, VendorRole.SUPPORT)
    with pytest.raises(SelfDealing) as refused:
        place_order(cart=ready_cart(tea, mug, user=support))
    assert refused.value.title == tea.product.title
    guest = ready_cart(tea)
    Cart.objects.filter(pk=guest.pk).update(email=support.email.upper())
    with pytest.raises(SelfDealing):
        place_order(cart=guest)
    assert not Order.objects.exists()
    CartLine.objects.filter(variant=tea).delete()
    assert place_order(cart=Cart.objects.get(user=support)).is_open
